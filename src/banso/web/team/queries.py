"""Reading the measures of the team, and what a customer takes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings
from django.core.exceptions import PermissionDenied

from banso.runs.reading import Choice, ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.team.words import PITFALLS, Pitfall, why_not
from banso.webkit import formatting
from banso.webkit.permissions import Scope, Staff

EVERYBODY: Final = "*"
SHOWN: Final = 10  # customers behind a check
State = Literal["ready", "nothing_yet", "no_interactions"]


@dataclass(frozen=True)
class Person:
    """The measures of one owner, or of everybody."""

    name: str
    is_all: bool
    customers: str
    mrr: str
    minutes_a_week: str
    cost: str
    proactive: str  # share of the minutes of which it is said who began
    proactive_note: str  # by count
    covered_28: str
    covered_90: str
    one_contact: str
    one_csm: str
    wait: str
    wait_note: str
    within: str
    within_note: str


@dataclass(frozen=True)
class Behind:
    """A customer behind a check."""

    customer_id: str
    name: str
    owner: str
    note: str


@dataclass(frozen=True)
class Check:
    """One pitfall with its figure, its limit, and who is behind it."""

    words: Pitfall
    figure: str
    limit: str
    counted: str
    is_over: bool | None
    why_not: str
    behind: Sequence[Behind]
    more: int


@dataclass(frozen=True)
class TeamPage:
    """Everything that the page shows."""

    state: State
    as_of: dt.date | None = None
    people: Sequence[Person] = ()
    checks: Sequence[Check] = ()  # over all customers; empty where the user sees some
    weeks: Sequence[float | None] = ()  # share of minutes that we began, 26 weeks


@dataclass(frozen=True)
class CustomerEffort:
    """What contacts with one customer took within a year."""

    contacts: str
    hours: str
    timed_note: str
    cost: str  # empty: no staff costs are known
    hourly: str
    paid: str
    share: str
    is_dear: bool


def team_page(*, visible_to: Staff) -> TeamPage:
    """Return the measures of the owners whose customers a user sees.

    The sums over everybody, and the checks, are for those who see all customers.
    """
    reader = customers.published_reader()
    if reader is None:
        return TeamPage("nothing_yet")
    rows = reader.findings("team_now")
    if not rows:
        return TeamPage("no_interactions", reader.release.as_of)
    names = customers.owner_names(visible_to)
    sees_all = visible_to.scope == Scope.ALL
    mine = _of_user(rows, visible_to)
    checks = reader.findings("team_checks") if sees_all else []
    by_key = {str(row["pitfall"]): row for row in checks}
    return TeamPage(
        state="ready",
        as_of=reader.release.as_of,
        people=[_person(row, names) for row in mine],
        checks=[
            _check(reader, words, by_key[key], names)
            for key, words in PITFALLS.items()
            if key in by_key
        ],
        weeks=_weeks(reader) if sees_all else (),
    )


def team_rows(*, visible_to: Staff) -> dict[str, object]:
    """Return the measures of the owners whose customers a user sees, as values."""
    reader = customers.published_reader()
    if reader is None:
        return {"as_of": None, "items": []}
    rows = reader.findings("team_now")
    return {"as_of": reader.release.as_of, "items": _of_user(rows, visible_to)}


def check_rows(*, visible_to: Staff) -> dict[str, object]:
    """Return the checks of the team and its weeks, for who sees all customers.

    Raises
    ------
    PermissionDenied
        The user sees some.

    """
    if visible_to.scope != Scope.ALL:
        raise PermissionDenied("see_team")
    reader = customers.published_reader()
    if reader is None:
        return {"as_of": None, "checks": [], "weeks": []}
    weeks = reader.findings("team_weeks", owner=EVERYBODY)
    return {
        "as_of": reader.release.as_of,
        "checks": reader.findings("team_checks"),
        "weeks": sorted(weeks, key=lambda row: str(row["week"])),
    }


def _of_user(rows: Sequence[Row], user: Staff) -> list[Row]:
    """Return the owners whose customers a user sees; the sums first, for who may."""
    names, sees_all = customers.owner_names(user), user.scope == Scope.ALL
    mine = [
        row
        for row in rows
        if (row["owner"] == EVERYBODY and sees_all) or row["owner"] in names
    ]
    return sorted(
        mine, key=lambda row: (row["owner"] != EVERYBODY, -_number(row["mrr"]))
    )


def customer_effort(reader: ReleaseReader, customer_id: str) -> CustomerEffort | None:
    """Return what contacts with a customer took; None when nothing is known."""
    rows = reader.findings("customer_effort", customer_id=customer_id)
    if not rows or not rows[0]["contacts"]:
        return None
    row = rows[0]
    contacts, timed = int(_number(row["contacts"])), int(_number(row["timed"]))
    minutes = row["minutes"]
    has_cost = row["cost"] is not None and minutes is not None
    return CustomerEffort(
        contacts=formatting.number(contacts),
        hours=_hours(minutes),
        timed_note="" if timed == contacts else formatting.number(timed),
        cost=_money(row["cost"]) if has_cost else "",
        hourly=_money(row["hourly_cost"]),
        paid=_money(row["paid"]),
        share=formatting.ratio(_float(row["cost_share"])),
        is_dear=bool(row["is_dear"]),
    )


def _person(row: Row, names: Mapping[str, str]) -> Person:
    owner = str(row["owner"])
    customers_, threads = int(_number(row["customers"])), int(_number(row["threads"]))
    ours, theirs = _number(row["ours"]), _number(row["theirs"])
    ours_min, theirs_min = _number(row["minutes_ours"]), _number(row["minutes_theirs"])
    median = _float(row["wait"])
    return Person(
        name=names.get(owner, owner) if owner != EVERYBODY else "",
        is_all=owner == EVERYBODY,
        customers=formatting.number(customers_),
        mrr=formatting.compact_money(_float(row["mrr"]), settings.BANSO_CURRENCY),
        minutes_a_week=formatting.number(_float(row["minutes_a_week"])),
        cost=formatting.compact_money(_float(row["cost"]), settings.BANSO_CURRENCY),
        proactive=_share(ours_min, ours_min + theirs_min),
        proactive_note=_share(ours, ours + theirs),
        covered_28=_share(_number(row["contacted_28"]), customers_),
        covered_90=_share(_number(row["contacted_90"]), customers_),
        one_contact=_of(row["one_contact"], threads),
        one_csm=_of(row["one_csm"], threads),
        wait=formatting.number(median),
        wait_note=_interval(row["wait_low"], row["wait_high"])
        if row["wait_reason"] is None
        else why_not(str(row["wait_reason"])),
        within=formatting.ratio(_float(row["within_share"])),
        within_note=_ratio_interval(row["within_low"], row["within_high"]),
    )


def _check(
    reader: ReleaseReader, words: Pitfall, row: Row, names: Mapping[str, str]
) -> Check:
    is_share = words.key != "wandering"
    show = formatting.ratio if is_share else formatting.number
    figure, k, n = _float(row["figure"]), row["k"], row["n"]
    found: Sequence[Row] = ()
    if words.equal:
        choice = Choice(words.order, equal=words.equal, limit=SHOWN)
        found = reader.beside_customers("customer_effort", choice)
    total = int(_number(k)) if words.is_counted else 0
    over = row["is_over"]
    return Check(
        words=words,
        figure=show(figure),
        limit=show(_float(row["limit"])),
        counted=_of(k, int(_number(n))) if is_share else "",
        is_over=None if over is None else bool(over),
        why_not=why_not(str(row["reason"])) if row["reason"] else "",
        behind=[
            Behind(
                str(each["customer_id"]),
                str(each["name"]),
                names.get(str(each["owner"] or "").lower(), str(each["owner"] or "")),
                _note(each),
            )
            for each in found
        ],
        more=max(total - len(found), 0),
    )


def _note(row: Row) -> str:
    mrr = formatting.compact_money(
        _float(row["mrr"]), str(row["currency"] or settings.BANSO_CURRENCY)
    )
    share = _float(row["cost_share"])
    return mrr if share is None else f"{mrr} · {formatting.ratio(share)}"


def _weeks(reader: ReleaseReader) -> list[float | None]:
    rows = reader.findings("team_weeks", owner=EVERYBODY)
    rows.sort(key=lambda row: str(row["week"]))
    shares: list[float | None] = []
    for row in rows:
        ours, theirs = _number(row["minutes_ours"]), _number(row["minutes_theirs"])
        shares.append(100.0 * ours / (ours + theirs) if ours + theirs else None)
    return shares


def _share(part: float, whole: float) -> str:
    return formatting.ratio(part / whole if whole else None)


def _of(part: object, whole: int) -> str:
    return f"{formatting.number(int(_number(part)))} / {formatting.number(whole)}"


def _interval(low: object, high: object) -> str:
    """Return an interval of days; one that is open above says from where on."""
    if low is None:
        return ""
    if high is None:
        return f"≥ {formatting.number(_float(low))}"
    return f"{formatting.number(_float(low))}–{formatting.number(_float(high))}"


def _ratio_interval(low: object, high: object) -> str:
    if low is None or high is None:
        return ""
    return f"{formatting.ratio(_float(low))}–{formatting.ratio(_float(high))}"


def _hours(minutes: object) -> str:
    value = _float(minutes)
    return formatting.quantity(None if value is None else round(value / 60, 1))


def _money(value: object) -> str:
    return formatting.money(_float(value), settings.BANSO_CURRENCY)


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _number(value: object) -> float:
    return 0.0 if value is None else float(str(value))
