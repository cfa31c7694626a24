"""Everything that happened with a customer in one stream, the newest first."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from banso.definitions.naming import NameRules
from banso.runs.reading import ReleaseReader, Row, Slice
from banso.tables.registry import TABLES
from banso.tables.spec import Kind
from banso.web.customer.happenings import SAID, Names, Said, said_event_day
from banso.webkit import formatting

PAGE = 40
_FIRST_LOOK_DAYS = 120


@dataclass(frozen=True)
class KindOfItem:
    """A kind that the stream can be filtered by; `key` is its table."""

    key: str
    title: str | Promise
    icon: str


KINDS: Final[tuple[KindOfItem, ...]] = (
    KindOfItem("events", gettext_lazy("Use of the product"), "mouse-pointer-click"),
    KindOfItem("interactions", gettext_lazy("Touchpoints"), "handshake"),
    KindOfItem("tickets", gettext_lazy("Tickets"), "life-buoy"),
    KindOfItem("requests", gettext_lazy("Requests"), "lightbulb"),
    KindOfItem("responses", gettext_lazy("Survey answers"), "message-square-quote"),
    KindOfItem("milestones", gettext_lazy("Onboarding"), "flag"),
    KindOfItem("outcomes", gettext_lazy("Outcomes"), "target"),
    KindOfItem("participations", gettext_lazy("Community"), "users-round"),
    KindOfItem("subscriptions", gettext_lazy("Contracts"), "file-text"),
)
_ORDER: Final = {kind.key: place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Item:
    """Something that happened."""

    kind: KindOfItem
    moment: dt.datetime  # aware, UTC; of a day: its last instant
    key: tuple[str, ...]
    day: str
    time: str  # empty: the day alone is known
    said: Said


@dataclass(frozen=True)
class Stream:
    """One page of what happened."""

    items: Sequence[Item]
    next: str  # cursor; empty: this is the end
    has_previous: bool
    kinds: Sequence[tuple[KindOfItem, bool]]  # those connected; whether shown alone
    missing: Sequence[KindOfItem]  # tables to connect
    chosen: str


@dataclass(frozen=True)
class _Cursor:
    """Where a page begins: at a moment, after so many items of that very moment."""

    moment: dt.datetime
    skip: int = 0

    def __str__(self) -> str:
        return f"{self.moment.strftime('%Y%m%dT%H%M%S%f')}-{self.skip}"

    @classmethod
    def parse(cls, text: str) -> "_Cursor | None":
        moment, _dash, skip = text.partition("-")
        try:
            found = dt.datetime.strptime(f"{moment}+0000", "%Y%m%dT%H%M%S%f%z")
            return cls(found, min(max(int(skip), 0), 10_000))
        except ValueError:
            return None


def stream_of(
    reader: ReleaseReader,
    customer_id: str,
    *,
    only: str = "",
    cursor: str = "",
    size: int = PAGE,
    with_use: bool = True,
) -> Stream:
    """Return one page of what happened up to the as-of date.

    Parameters
    ----------
    reader, customer_id
        Of whom.
    only
        A kind to show alone; any other text shows all.
    cursor
        ``Stream.next`` of the page before.
    size
        Items a page.
    with_use
        Whether days of use are there as well, when there is anything else.

    """
    connected = [kind for kind in KINDS if reader.has(kind.key)]
    chosen = only if only in {kind.key for kind in connected} else ""
    zone = ZoneInfo(reader.project.timezone)
    start = _Cursor(_end_of(reader.release.as_of, zone))
    place = _Cursor.parse(cursor) or start
    place = min(place, start, key=lambda each: each.moment)
    limit = size + place.skip + 1
    wanted = [kind for kind in connected if chosen in {"", kind.key}]
    if not with_use and len(wanted) > 1:
        wanted = [kind for kind in wanted if kind.key != "events"]
    found = _items(reader, customer_id, wanted, _UpTo(place.moment, limit, zone))
    # Among equal moments in the order of the reader, whose limit cuts them off.
    found.sort(key=lambda item: item.key, reverse=True)
    found.sort(key=lambda item: _ORDER[item.kind.key])
    found.sort(key=lambda item: item.moment, reverse=True)
    same = sum(item.moment == place.moment for item in found[: place.skip])
    rest = found[same:]
    page = rest[:size]
    following = ""
    if len(rest) > size:
        last = page[-1].moment
        shown = sum(item.moment == last for item in page)
        before = same if last == place.moment else 0
        following = str(_Cursor(last, shown + before))
    return Stream(
        items=page,
        next=following,
        has_previous=place != start,
        kinds=[(kind, kind.key == chosen) for kind in connected],
        missing=[kind for kind in KINDS if kind not in connected],
        chosen=chosen,
    )


@dataclass(frozen=True)
class _UpTo:
    """What to read: so many items of a kind, up to and including a moment."""

    moment: dt.datetime
    limit: int
    zone: ZoneInfo

    @property
    def day(self) -> dt.date:
        """The company's day of the moment."""
        return self.moment.astimezone(self.zone).date()


def _items(
    reader: ReleaseReader,
    customer_id: str,
    kinds: Sequence[KindOfItem],
    up_to: _UpTo,
) -> list[Item]:
    """Return the newest items of each kind."""
    items: list[Item] = []
    rows: dict[str, Sequence[Row]] = {}
    for kind in kinds:
        if kind.key == "events":
            days = _newest_event_days(reader, customer_id, up_to)
            items += _event_days(kind, days, reader.catalog.names, up_to.zone)
        else:
            only = Slice(until=_until(kind, up_to), limit=up_to.limit)
            rows[kind.key] = reader.facts(kind.key, customer_id, only=only)
    told = [row for of_kind in rows.values() for row in of_kind]
    names = Names(_people(reader, told), reader.catalog.names)
    for kind in kinds:
        spec = TABLES[kind.key]
        assert spec.time is not None
        for row in rows.get(kind.key, ()):
            if (when := row[spec.time]) is not None:
                key = tuple(str(row[name]) for name in spec.key)
                said = SAID[kind.key](row, names)
                items.append(_item(kind, when, key, said, zone=up_to.zone))
    return [item for item in items if item.moment <= up_to.moment]


def _until(kind: KindOfItem, up_to: _UpTo) -> dt.date:
    """Return the bound, itself not included, on the time of a kind's rows."""
    spec = TABLES[kind.key]
    assert spec.time is not None
    if spec.by_name[spec.time].kind is Kind.DATE:
        return up_to.day + dt.timedelta(days=1)
    return up_to.moment.replace(tzinfo=None) + dt.timedelta(microseconds=1)


def _newest_event_days(
    reader: ReleaseReader, customer_id: str, up_to: _UpTo
) -> Sequence[Row]:
    """Return the last days of use, first looking only some months back."""
    # A day stands at its last instant, so a day that has not ended is not there.
    is_over = up_to.moment >= _end_of(up_to.day, up_to.zone)
    until = up_to.day + dt.timedelta(days=1) if is_over else up_to.day
    since = until - dt.timedelta(days=_FIRST_LOOK_DAYS)
    near = Slice(until=until, since=since, limit=up_to.limit)
    rows = reader.event_days(customer_id, only=near)
    if len({row["day"] for row in rows}) >= up_to.limit:
        return rows
    far = Slice(until=until, limit=up_to.limit)
    return reader.event_days(customer_id, only=far)


def _event_days(
    kind: KindOfItem, rows: Sequence[Row], codes: NameRules, zone: ZoneInfo
) -> Iterator[Item]:
    by_day: dict[dt.date, list[Row]] = {}
    for row in rows:
        day = row["day"]
        assert isinstance(day, dt.date)
        by_day.setdefault(day, []).append(row)
    for day, of_day in by_day.items():
        moment = _end_of(day, zone)
        said = said_event_day(of_day, codes)
        yield Item(kind, moment, (), formatting.day(day), "", said)


def _item(
    kind: KindOfItem, when: object, key: tuple[str, ...], said: Said, *, zone: ZoneInfo
) -> Item:
    if isinstance(when, dt.datetime):
        moment = when.replace(tzinfo=dt.UTC)
        clock = moment.astimezone(zone).strftime("%H:%M")
        return Item(kind, moment, key, formatting.day(moment), clock, said)
    assert isinstance(when, dt.date)
    noon = dt.datetime.combine(when, dt.time(12), zone).astimezone(dt.UTC)
    return Item(kind, noon, key, formatting.day(when), "", said)


def _end_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return the last instant of a company day."""
    following = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    return following.astimezone(dt.UTC) - dt.timedelta(microseconds=1)


def _people(reader: ReleaseReader, rows: Sequence[Row]) -> dict[str, str]:
    """Return the names of the contacts and gatherings that the rows mention."""
    names: dict[str, str] = {}
    for column, table, name in (
        ("contact_id", "contacts", "name"),
        ("gathering_id", "gatherings", "title"),
        ("staff", "staff", "name"),
    ):
        keys = sorted({str(row[column]) for row in rows if row.get(column)})
        found = reader.rows_by_key(table, keys)
        names |= {key: str(row[name]) for key, row in found.items() if row[name]}
    return names
