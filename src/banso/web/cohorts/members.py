"""The customers behind a number of a cohort."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404

from banso.analytics.cohorts.shares import period_end
from banso.runs.cohort_reading import Cell, CohortReading, Members
from banso.runs.reading import Row
from banso.web.cohorts import words
from banso.web.cohorts.queries import Choices
from banso.web.cohorts.selection import Selection
from banso.web.customers import queries as customers
from banso.webkit import formatting
from banso.webkit.paging import Page
from banso.webkit.permissions import Scope, Staff

PAGE_SIZE: Final = 50
_STATES: Final[Mapping[str, bool | None]] = {"": None, "there": True, "left": False}


@dataclass(frozen=True)
class Member:
    """A customer of a cohort."""

    customer_id: str
    name: str
    owner: str
    first_month: str
    is_there: bool
    mrr_first: str
    mrr: str


@dataclass(frozen=True)
class MembersPage:
    """Everything that the page shows."""

    cohort: str  # empty: all together
    segment: str
    age: int
    count: Members
    is_whole_company: bool
    state: str  # empty: all of them
    rows: Page[Member]
    back: str


def members_page(asked: Mapping[str, str], *, visible_to: Staff) -> MembersPage:
    """Return the customers behind a cell, as far as they are a user's to see.

    404 when the address names no cell, or the release does not hold who is in it.
    """
    reading, selection, cell = _asked(asked, visible_to)
    sees_all = reading.customers is None
    state = asked.get("state", "")
    state = state if state in _STATES else ""
    start = asked.get("at", "")
    first = int(start) if start.isdecimal() else 0
    rows = reading.members(
        cell, is_there=_STATES[state], start=first, limit=PAGE_SIZE + 1
    )
    return MembersPage(
        cohort=words.period(cell.first, selection.by, is_growing=False)
        if cell.first
        else "",
        segment=words.segment(cell.segment) if cell.grouping else "",
        age=cell.age,
        count=reading.count(cell),
        is_whole_company=sees_all,
        state=state,
        rows=Page(
            _members(rows[:PAGE_SIZE], customers.owner_names(visible_to)),
            previous=str(max(0, first - PAGE_SIZE)) if first else "",
            next=str(first + PAGE_SIZE) if len(rows) > PAGE_SIZE else "",
        ),
        back=selection.back,
    )


def list_members(
    asked: Mapping[str, str], *, visible_to: Staff, start: int, size: int
) -> tuple[list[Row], Members, bool]:
    """Return rows behind a cell, how many there are, and whether more follow.

    404 as the page, and for a group or segment that there is not.
    """
    reading, selection, cell = _asked(asked, visible_to)
    wanted = Selection.read(asked)
    if (wanted.group, wanted.segment) != (selection.group, selection.segment):
        raise Http404
    state = _STATES[asked.get("state", "")]
    rows = reading.members(cell, is_there=state, start=start, limit=size + 1)
    return rows[:size], reading.count(cell), len(rows) > size


def _asked(
    asked: Mapping[str, str], user: Staff
) -> tuple[CohortReading, Selection, Cell]:
    reader = customers.published_reader()
    if reader is None:
        raise Http404
    selection = Choices(reader).completed(Selection.read(asked))
    cell = _cell(asked, selection)
    seen = customers.visible_customers(user)
    whose = None
    if user.scope != Scope.ALL:
        whose = sorted(seen.values_list("pk", flat=True))
    reading = CohortReading(reader, whose)
    if not reading.can_tell:
        raise Http404
    return reading, selection, cell


def _cell(asked: Mapping[str, str], selection: Selection) -> Cell:
    age, start = asked.get("age", ""), asked.get("start", "")
    if not age.isdecimal() or len(age) > 4:
        raise Http404
    try:
        first = dt.date.fromisoformat(start) if start else None
    except ValueError as error:
        raise Http404 from error
    is_grouped = bool(selection.group) and selection.segment is not None
    return Cell(
        age=int(age),
        first=first,
        last=period_end(first, selection.by) if first else None,
        grouping=selection.group if is_grouped else "",
        segment=(selection.segment or "") if is_grouped else "",
    )


def _members(rows: Sequence[Row], owners: Mapping[str, str]) -> list[Member]:
    return [
        Member(
            customer_id=str(row["customer_id"]),
            name=str(row["name"] or row["customer_id"]),
            owner=owners.get(str(row["owner"] or ""), str(row["owner"] or "")),
            first_month=formatting.month(row["cohort"]),  # type: ignore[arg-type] # a date
            is_there=bool(row["is_there"]),
            mrr_first=_money(row, "mrr_first"),
            mrr=_money(row, "mrr"),
        )
        for row in rows
    ]


def _money(row: Row, name: str) -> str:
    if row[name] is None:
        return formatting.MISSING
    return formatting.money(row[name], str(row["currency"]))  # type: ignore[arg-type]
