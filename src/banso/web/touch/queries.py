"""Reading touch models: today's spread, proposals, owners, decisions."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banso.definitions.describing import describe_expression
from banso.definitions.expressions import parse_expression
from banso.definitions.health import point_labels
from banso.definitions.question_columns import signal_columns, touch_columns
from banso.definitions.touch import TouchRules
from banso.runs.reading import ReleaseReader, Row
from banso.runs.touch_reading import TouchTable, Whole, touch_table
from banso.runs.touching import TOUCH_NOW, TOUCH_SPREAD
from banso.tables.recorded import record_key
from banso.web.accounts import queries as accounts
from banso.web.customers import queries as customers
from banso.web.touch.models import Assignment
from banso.web.touch.wanted import Wanted
from banso.webkit import formatting
from banso.webkit.company_names import touch_name
from banso.webkit.paging import Page
from banso.webkit.permissions import Staff

State = Literal["ready", "not_computed", "nothing_yet", "no_contracts", "none_defined"]
PAGE_SIZE: Final = 25
NO_TOUCH: Final = "-"  # in an address


@dataclass(frozen=True)
class Source:
    """Where a page reads from, as far as a user sees it."""

    state: State
    as_of: dt.date | None = None
    reader: ReleaseReader | None = None
    table: TouchTable | None = None


@dataclass(frozen=True)
class Waiting:
    """A proposal that nobody has decided on."""

    customer_id: str
    touch: str  # "": none proposed
    owner: str  # likewise
    why: str


@dataclass(frozen=True)
class ProposalLine:
    """A proposal as the list shows it."""

    customer_id: str
    customer: str
    value: str
    need: str
    touch_now: str
    touch_proposed: str  # "": it stays
    owner_now: str
    owner_proposed: str  # "": it stays
    why: str
    hours: str
    is_held_back: bool


@dataclass(frozen=True)
class Proposals:
    """The list of proposals."""

    lines: Page[ProposalLine]
    count: int
    decided: int  # that were decided since the run and take effect with the next one
    offered: Mapping[str, Sequence[tuple[str, str]]]
    release_id: str


@dataclass(frozen=True)
class AssignmentLine:
    """A decision as the list shows it."""

    pk: int
    customer_id: str
    customer: str
    kind: str
    touch: str
    owner: str
    why: str
    since: dt.date
    until: dt.date | None
    by: str
    at: dt.datetime
    holds: bool
    ended_by: str


def source(*, visible_to: Staff) -> Source:
    """Return where pages of touch models read from."""
    reader = customers.published_reader()
    if reader is None:
        return Source("nothing_yet")
    as_of = reader.release.as_of
    if not reader.has("subscriptions"):
        return Source("no_contracts", as_of)
    if reader.catalog.touch is None:
        return Source("none_defined", as_of)
    if reader.result(TOUCH_NOW) is None:
        return Source("not_computed", as_of)
    table = touch_table(reader, customers.visible_ids(visible_to))
    return Source("ready", as_of, reader, table)


def note(reader: ReleaseReader) -> Mapping[str, object]:
    """Return what the run noted of touch models."""
    noted = reader.release.notes.get("touch")
    return noted if isinstance(noted, dict) else {}


def currency(reader: ReleaseReader) -> str:
    """Return the currency of all amounts."""
    return str(note(reader).get("currency", ""))


def people(reader: ReleaseReader) -> list[str]:
    """Return the e-mails of who looks after customers."""
    named = note(reader).get("people")
    return [str(each) for each in named] if isinstance(named, list) else []


def hours_there(reader: ReleaseReader) -> float | None:
    """Return the hours of a month of everybody; None when nobody is known."""
    hours = note(reader).get("hours_there")
    return None if hours is None else float(str(hours))


def company_spread(reader: ReleaseReader) -> Mapping[str, Row]:
    """Return the rows of ``touch_spread`` by touch model: of the whole company."""
    return {str(row["touch"]): row for row in reader.findings(TOUCH_SPREAD)}


def waiting_proposals(
    customer_ids: Collection[str], *, visible_to: Staff
) -> list[Waiting]:
    """Return what is proposed for some customers and waits for a decision."""
    found = source(visible_to=visible_to)
    if found.table is None or found.reader is None:
        return []
    wanted = set(customer_ids) - decided_ids(found.reader.release.release_id)
    table = found.table
    there = np.array([key in wanted for key in table.text("customer_id")], dtype=bool)
    places = np.flatnonzero(there & (table.changes_touch | table.changes_owner))
    return [_waiting(row) for row in table.some(places)]


def _waiting(row: Row) -> Waiting:
    touch, owner = str(row["touch_proposed"]), str(row["owner_proposed"] or "")
    return Waiting(
        customer_id=str(row["customer_id"]),
        touch=touch if touch != (row["touch_now"] or "") else "",
        owner=owner if owner != (row["owner_now"] or "") else "",
        why=_why(row),
    )


def decided_ids(release_id: str) -> set[str]:
    """Return the customers of which somebody decided since a release was shown."""
    made = Assignment.objects.filter(release_id=release_id)
    return set(made.values_list("customer_id", flat=True))


def proposals(found: Source, wanted: Wanted, *, visible_to: Staff) -> Proposals:
    """Return the proposals that an address asks for."""
    table, reader = found.table, found.reader
    assert table is not None, "asked only when it is ready"
    assert reader is not None, "likewise"
    release_id = reader.release.release_id
    decided = decided_ids(release_id)
    is_decided = np.array([k in decided for k in table.text("customer_id")], dtype=bool)
    every = wanted.kept(table)
    places = np.flatnonzero(every & ~is_decided)
    names = owner_names(reader, visible_to)
    shown = places[wanted.start : wanted.start + PAGE_SIZE]
    money = currency(reader)
    return Proposals(
        lines=Page(
            rows=[_proposal(row, names, money) for row in table.some(shown)],
            previous=str(max(0, wanted.start - PAGE_SIZE)) if wanted.start else "",
            next=str(wanted.start + PAGE_SIZE)
            if len(places) > wanted.start + PAGE_SIZE
            else "",
        ),
        count=len(places),
        decided=int((every & is_decided).sum()),
        offered=_offered(table),
        release_id=release_id,
    )


def listed(
    found: Source, wanted: Wanted, start: int = 0, size: int | None = None
) -> Iterator[Row]:
    """Yield the rows that an address asks for, as the release has them."""
    assert found.table is not None, "asked only when it is ready"
    places: Whole = np.asarray(np.flatnonzero(wanted.kept(found.table)))
    end = None if size is None else start + size
    yield from found.table.some(places[start:end])


def owner_names(reader: ReleaseReader, user: Staff) -> Mapping[str, str]:
    """Return what people read for each e-mail of an owner or of a person of ours."""
    keys = people(reader)
    staff = {
        email.strip().lower(): str(row["name"] or email)
        for email, row in reader.rows_by_key("staff", keys).items()
    }
    users = {e: n for e, n in accounts.names_by_email().items() if e in staff}
    return {**staff, **users, **customers.owner_names(user)}


def rules_in_words(reader: ReleaseReader) -> list[tuple[str, str, str]]:
    """Return each rule: why, its condition in words, the touch model."""
    rules = reader.catalog.touch
    assert rules is not None, "asked only when there are rules"
    language = get_language() or "en"
    catalog = reader.catalog
    columns = touch_columns(
        signal_columns(
            catalog.metrics, catalog.forecast.profile, point_labels(catalog.health)
        )
    )
    said = [
        (
            rule.label.label.in_language(language),
            describe_expression(parse_expression(rule.when), columns).in_language(
                language
            ),
            model_name(rules, rule.touch),
        )
        for rule in rules.rules
    ]
    return [*said, (_("Everybody else"), "", model_name(rules, rules.otherwise))]


def model_name(rules: TouchRules | None, touch: str) -> str:
    """Return what people call a touch model; "–" for none."""
    model = rules.model_by_key.get(touch) if rules else None
    if model is not None:
        return str(model.label.label.in_language(get_language() or "en"))
    return touch_name(touch) or formatting.MISSING


def get_assignment(
    assignment_id: int, *, visible_to: Staff, lock: bool = False
) -> Assignment:
    """Return a decision, or answer 404: it is not there, or not the user's to see."""
    rows = Assignment.objects.select_for_update() if lock else Assignment.objects.all()
    found = rows.filter(pk=assignment_id).first()
    if found is None:
        raise Http404
    customers.get_customer(found.customer_id, visible_to=visible_to)
    return found


def assignments(
    *, visible_to: Staff, today: dt.date, start: int, only_holding: bool
) -> tuple[Page[AssignmentLine], int]:
    """Return the decisions on a user's customers, the newest first, and how many."""
    release = customers.published_release()
    day = min(release.as_of, today) if release else today
    seen = customers.visible_customers(visible_to)
    rows = Assignment.objects.filter(customer_id__in=seen.values("pk"))
    if only_holding:
        rows = rows.filter(Q(until=None) | Q(until__gte=day))
    names = customers.owner_names(visible_to) | accounts.names_by_email()
    shown = list(rows.select_related("by", "ended_by")[start : start + PAGE_SIZE + 1])
    called = dict(
        seen.filter(pk__in=[each.customer_id for each in shown]).values_list(
            "pk", "name"
        )
    )
    lines = [_assignment(each, called, names, day) for each in shown[:PAGE_SIZE]]
    page = Page(
        rows=lines,
        previous=str(max(0, start - PAGE_SIZE)) if start else "",
        next=str(start + PAGE_SIZE) if len(shown) > PAGE_SIZE else "",
    )
    return page, rows.count()


def assignment_facts() -> Iterator[Mapping[str, object]]:
    """Yield every decision as a row of the table ``assignments``."""
    rows: QuerySet[Assignment] = Assignment.objects.select_related("by").order_by("pk")
    for each in rows.iterator(chunk_size=2000):
        yield {
            # of one length, so that the last of a day is the last in the alphabet
            "assignment_id": record_key("assignment", f"{each.pk:010d}"),
            "customer_id": each.customer_id,
            "assigned_on": each.assigned_on,
            "until": each.until,
            "touch": each.touch or None,
            "owner": each.owner or None,
            "kind": each.kind,
            "why": each.why or None,
            "staff": each.by.email,
        }


def _assignment(
    each: Assignment,
    called: Mapping[str, str],
    names: Mapping[str, str],
    day: dt.date,
) -> AssignmentLine:
    return AssignmentLine(
        pk=each.pk,
        customer_id=each.customer_id,
        customer=called.get(each.customer_id) or each.customer_id,
        kind=each.get_kind_display(),
        touch=touch_name(each.touch),
        owner=names.get(each.owner, each.owner),
        why=each.why,
        since=each.assigned_on,
        until=each.until,
        by=each.by.name,
        at=each.at,
        holds=each.until is None or each.until >= day,
        ended_by=each.ended_by.name if each.ended_by else "",
    )


def _proposal(row: Row, names: Mapping[str, str], money: str) -> ProposalLine:
    waiting = _waiting(row)
    owner = str(row["owner_now"] or "")
    need = row["need"]
    value = row["value"]
    return ProposalLine(
        customer_id=str(row["customer_id"]),
        customer=str(row["name"] or row["customer_id"]),
        value=formatting.MISSING
        if value is None
        else formatting.compact_money(float(str(value)), money),
        need=formatting.MISSING if need is None else formatting.ratio(float(str(need))),
        touch_now=touch_name(str(row["touch_now"] or "")) or formatting.MISSING,
        touch_proposed=touch_name(waiting.touch),
        owner_now=names.get(owner, owner) or _("Nobody"),
        owner_proposed=names.get(waiting.owner, waiting.owner),
        why=waiting.why,
        hours=_hours(row),
        is_held_back=row["basis"] in {"hours", "places"},
    )


def _hours(row: Row) -> str:
    now, then = row["hours_now"], float(str(row["hours_proposed"]))
    if now is None or float(str(now)) == then:
        return formatting.number(then, places=1)
    return (
        f"{formatting.number(float(str(now)), places=1)}"
        f" → {formatting.number(then, places=1)}"
    )


def _why(row: Row) -> str:
    is_japanese = (get_language() or "en").startswith("ja")
    return str(row["why_ja" if is_japanese else "why_en"])


def _offered(table: TouchTable) -> Mapping[str, Sequence[tuple[str, str]]]:
    everything = ("", _("All"))

    def touches(name: str) -> list[tuple[str, str]]:
        there = sorted(set(table.text(name)), key=_care)
        return [
            everything,
            *((t or NO_TOUCH, touch_name(t) or _("No touch model")) for t in there),
        ]

    return {
        "show": [
            ("", _("All proposals")),
            ("touch", _("Another touch model")),
            ("owner", _("Another owner")),
            ("held_back", _("Held back: no capacity")),
            ("everybody", _("All customers")),
        ],
        "now": touches("touch_now"),
        "proposed": touches("touch_proposed"),
    }


def _care(touch: str) -> int:
    return {"high": 0, "low": 1, "tech": 2}.get(touch, 3)


def count_assignments(customer_id: str) -> int:
    """Return how often somebody decided on touch model or owner of a customer."""
    return Assignment.objects.filter(customer_id=customer_id).count()
