"""What a page of customers shows and in which order: the state that the URL holds."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import urlencode

from banso.web.customers.figures import CHANCES
from banso.web.customers.models import NoScore, Success
from banso.webkit.paging import Order

STATUSES: Final = ("active", "upcoming", "churned")
BANDS: Final = ("healthy", "watch", "at_risk", "unknown")
RENEWAL_DAYS: Final = (30, 60, 90, 180)
NOBODY: Final = "-"  # the owner of customers that have none
DEFAULT_SORT: Final = "score"
ATTRIBUTE: Final = "attr."  # before the name of an attribute, in the URL
MAX_ATTRIBUTES: Final = 10
_PLAIN: Final = ("touch", "plan", "industry", "size")

ORDERS: Final[Mapping[str, Order]] = {
    "name": Order("search", key="customer_id"),
    "-name": Order("search", descending=True, key="customer_id"),
    "owner": Order("owner", key="customer_id"),
    "-owner": Order("owner", descending=True, key="customer_id"),
    # the columns "down" hold the negative: the unknown come last in both directions
    **{
        f"{sign}{name}": Order(f"sort_{name}_{way}", key="customer_id")
        for name in ("score", "change", "mrr", "renews", "active", "chance", "loss")
        for sign, way in (("", "up"), ("-", "down"))
    },
}


@dataclass(frozen=True)
class Condition:
    """A column, a lookup of Django, and what it is compared with."""

    column: str  # of `CustomerNow`; or ``attr.`` and the name of an attribute
    lookup: str
    value: object

    @property
    def attribute(self) -> str:
        """The attribute that is meant; empty for a column."""
        return attribute_of(self.column)


@dataclass(frozen=True)
class Selection:
    """Filters and sort; an empty text does not filter."""

    q: str = ""  # words of the name
    status: str = "active"  # or "all"
    band: str = ""
    owner: str = ""  # an e-mail, or `NOBODY`
    touch: str = ""
    plan: str = ""
    industry: str = ""
    size: str = ""
    renews: str = ""  # within so many days: one of `RENEWAL_DAYS`
    month: str = ""  # of the renewal: 2026-12
    notice: str = ""  # "given": only those who are about to leave
    why: str = ""  # no score: one of `NoScore`
    chance: str = ""  # to leave within 90 days, in percent: 20-50, of `CHANCES`
    success: str = ""  # how far it has come: one of `Success`
    sort: str = DEFAULT_SORT
    attributes: tuple[tuple[str, str], ...] = ()  # names with values, by name

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Selection":
        """Return what a URL asks for; what it asks wrongly is as if it did not ask."""
        allowed = {
            "status": (*STATUSES, "all"),
            "band": BANDS,
            "renews": tuple(map(str, RENEWAL_DAYS)),
            "notice": ("given",),
            "why": tuple(NoScore.values),
            "chance": tuple(
                chance_range(low, high)
                for low in CHANCES
                for high in CHANCES
                if low < high
            ),
            "success": tuple(Success.values),
            "sort": tuple(ORDERS),
        }
        asked: dict[str, str] = {}
        for name in FIELDS:
            value = _text(query, name)
            if value and value in allowed.get(name, (value,)):
                asked[name] = value
        if "month" in asked and _month(asked["month"]) is None:
            del asked["month"]
        attributes = [
            (name, value)
            for param in sorted(query)
            if (name := attribute_of(param)) and (value := _text(query, param))
        ]
        return cls(**asked, attributes=tuple(attributes[:MAX_ATTRIBUTES]))

    @property
    def order(self) -> Order:
        """The order of the rows."""
        return ORDERS[self.sort]

    @property
    def query(self) -> str:
        """The selection as a query of a URL, always the same for the same one."""
        return urlencode(sorted(self.asked.items()))

    @property
    def asked(self) -> Mapping[str, str]:
        """What differs from a page that nobody filtered or sorted."""
        values = {name: getattr(self, name) for name in FIELDS}
        default = Selection()
        plain = {
            name: value
            for name, value in values.items()
            if value != getattr(default, name)
        }
        return plain | {ATTRIBUTE + name: value for name, value in self.attributes}

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the sort was chosen."""
        return bool(set(self.asked) - {"sort"})

    def conditions(self, *, as_of: dt.date) -> Sequence[Condition]:
        """Return what a customer must fulfil; the words of the search are not in it."""
        asked: list[Condition] = []
        if self.status != "all":
            asked.append(Condition("status", "exact", self.status))
        if self.band:
            asked.append(Condition("band", "exact", self.band))
        if self.owner:
            owner = "" if self.owner == NOBODY else self.owner.lower()
            asked.append(Condition("owner", "exact", owner))
        plain = [(name, getattr(self, name)) for name in _PLAIN]
        asked += [Condition(name, "exact", value) for name, value in plain if value]
        asked += [
            Condition(ATTRIBUTE + name, "exact", value)
            for name, value in self.attributes
        ]
        if self.why:
            asked.append(Condition("no_score", "exact", self.why))
        if self.success:
            asked.append(Condition("success", "exact", self.success))
        if self.notice:
            asked.append(Condition("notice_on", "isnull", False))  # noqa: FBT003
        if self.chance:
            low, high = (int(end) / 100 for end in self.chance.split("-"))
            # the column holds the negative; who surely leaves belongs to the highest
            above = -high if high < 1 else -1.5
            asked.append(Condition("sort_chance_down", "gt", above))
            asked.append(Condition("sort_chance_down", "lte", -low))
        renewing = self._renewing(as_of)
        if renewing is not None:
            asked.append(Condition("sort_renews_up", "range", renewing))
        return asked

    def _renewing(self, as_of: dt.date) -> tuple[int, int] | None:
        first, last = as_of, None
        if self.month:
            start = _month(self.month)
            assert start is not None
            after = (start + dt.timedelta(days=31)).replace(day=1)
            first, last = max(start, as_of), after - dt.timedelta(days=1)
        if self.renews:
            limit = as_of + dt.timedelta(days=int(self.renews))
            last = min(last or limit, limit)
        return None if last is None else (_number(first), _number(last))


FIELDS: Final = tuple(
    field.name for field in fields(Selection) if field.name != "attributes"
)


def attribute_of(name: str) -> str:
    """Return the attribute that a parameter of the URL filters by; empty for none."""
    attribute = name.removeprefix(ATTRIBUTE)
    return attribute if attribute != name and attribute.isidentifier() else ""


def _text(query: Mapping[str, str], name: str) -> str:
    return query.get(name, "").strip().replace("\0", "")[:200]


def chance_range(low: int, high: int) -> str:
    """Return a range of chances as the URL holds it."""
    return f"{low}-{high}"


def _number(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def _month(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
