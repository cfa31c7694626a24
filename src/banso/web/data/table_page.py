"""Reading one table: its columns, how full they are, and its newest rows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import Http404
from django.utils.translation import gettext as _

from banso.definitions.availability import sources_of
from banso.definitions.naming import NameRules
from banso.kernel.labels import Label
from banso.runs.connected_tables import (
    Cell,
    Fullness,
    TableState,
    fullness,
    newest_rows,
)
from banso.tables.registry import TABLES
from banso.tables.spec import Column, Kind
from banso.web.data import queries
from banso.web.data.kinds import kind_name
from banso.web.data.standing import Standing, here
from banso.webkit import formatting
from banso.webkit.permissions import Staff, may

SAMPLE_ROWS = 12
LONGEST_CELL = 120
# What tells who somebody is, or what somebody wrote. Attributes are masked as well
# when they are texts: nobody has said what is in them.
PERSONAL: Final[Mapping[str, frozenset[str]]] = {
    "contacts": frozenset({"name", "email"}),
    "staff": frozenset({"name", "email"}),
    "tickets": frozenset({"text"}),
    "interactions": frozenset({"note", "staff"}),
    "responses": frozenset({"comment"}),
    "requests": frozenset({"text"}),
    "deals": frozenset({"prospect"}),
    "customers": frozenset({"owner"}),
    "events": frozenset({"properties"}),
}


@dataclass(frozen=True)
class ColumnRow:
    """One column as the page shows it."""

    name: str
    kind: str
    meaning: str  # in the reader's language; empty for an attribute
    other: str  # the same in the other language
    share: float | None  # of rows with a value; null: never brought
    is_key: bool = False
    is_required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class SampleTable:
    """The newest rows, as texts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]  # null: nothing there
    masked: tuple[str, ...]  # columns whose values are not shown to this reader


@dataclass(frozen=True)
class TablePage:
    """Everything on the page of one table."""

    state: TableState
    label: str
    grain: str
    columns: tuple[ColumnRow, ...]
    is_estimate: bool
    sample: SampleTable | None  # null: not for this reader, or no rows
    lacking: tuple[queries.LackingColumn, ...]
    unconnected: queries.Unconnected | None
    users: tuple[tuple[str, str], ...]  # key and label of metrics that read it
    quarantined: int


def table_page(name: str, *, user: Staff) -> TablePage:
    """Return the page of a table, or answer 404."""
    if name not in TABLES:
        raise Http404
    standing = Standing.now()
    (state,) = (each for each in standing.tables if each.spec.name == name)
    version = standing.manifest.facts.get(name)
    full = Fullness({}, is_estimate=False)
    sample = None
    if version is not None and state.is_connected:
        full = fullness(standing.project, version)
        if queries.sees_all_customers(user):
            sample = _sample(standing, state, masks=not may(user, "see_quarantine"))
    return TablePage(
        state=state,
        label=here(state.spec.label),
        grain=here(state.spec.grain),
        columns=_columns(state, full, standing.catalog.names),
        is_estimate=full.is_estimate,
        sample=sample,
        lacking=queries.lacking_columns(standing, name),
        unconnected=None
        if state.is_connected
        else queries.unconnected(standing, state.spec),
        users=_users(standing, name),
        quarantined=queries.quarantined_rows(standing, name),
    )


def _columns(
    state: TableState, full: Fullness, names: NameRules
) -> tuple[ColumnRow, ...]:
    rows = [_column(column, state, full) for column in state.spec.columns]
    for name, kind in state.attributes.items():
        meaning, other = _both(names.column(name))
        share = full.shares.get(name, 0.0)
        rows.append(ColumnRow(name, kind_name(kind), meaning, other, share))
    return tuple(rows)


def _both(label: Label | None) -> tuple[str, str]:
    """Return a label in the reader's language, then in the other one."""
    if label is None:
        return "", ""
    meaning = here(label)
    return meaning, label.en if meaning == label.ja else label.ja


def _column(column: Column, state: TableState, full: Fullness) -> ColumnRow:
    meaning, other = _both(column.meaning)
    share = full.shares.get(column.name, 0.0) if column.name in state.columns else None
    return ColumnRow(
        name=column.name,
        kind=kind_name(column.kind),
        meaning=meaning,
        other=other,
        share=share,
        is_key=column.key,
        is_required=column.required,
        choices=column.choices,
    )


def _sample(standing: Standing, state: TableState, *, masks: bool) -> SampleTable:
    name = state.spec.name
    found = newest_rows(standing.project, standing.manifest, name, limit=SAMPLE_ROWS)
    masked = frozenset(_personal(state)) if masks else frozenset[str]()
    return SampleTable(
        columns=found.columns,
        rows=tuple(
            tuple(
                _text(value, column, masked)
                for column, value in zip(found.columns, row, strict=True)
            )
            for row in found.rows
        ),
        masked=tuple(each for each in found.columns if each in masked),
    )


def _personal(state: TableState) -> set[str]:
    named = PERSONAL.get(state.spec.name, frozenset())
    unknown = {n for n, k in state.attributes.items() if k in {Kind.TEXT, Kind.JSON}}
    return {*named, *unknown}


def _text(value: Cell, column: str, masked: frozenset[str]) -> str | None:
    if value is None:
        return None
    if column in masked:
        return "•••"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return formatting.moment(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return value if len(value) <= LONGEST_CELL else f"{value[:LONGEST_CELL]}…"
    return formatting.quantity(value)


def _users(standing: Standing, table: str) -> tuple[tuple[str, str], ...]:
    known = standing.catalog.metric_by_key
    return tuple(
        (metric.key, here(metric.label.label))
        for metric in standing.catalog.metrics
        if any(source == table for source, _column in sources_of(metric, known))
    )
