"""The rows behind a metric at two dates: which entered, which left, which stayed."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import ibis
import ibis.expr.types as ir
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banso.analytics.consents import unnamed
from banso.analytics.evidence import Source, evidence_between, sources_behind
from banso.analytics.rollups import chosen_contacts
from banso.definitions.describing import describe_metric
from banso.kernel.consent import Purpose
from banso.runs.reading import ReleaseReader, Row
from banso.tables.registry import TABLES
from banso.web.consents import queries as consents
from banso.web.customer import words
from banso.web.customer.comparing import Comparison
from banso.web.customer.willing import LOOKING
from banso.webkit import formatting

SHOWN = 50  # rows of each group on the page; the export has them all
_OWN = ("day", "known_day", "counted_before", "counted_after", "is_part")
_HIDDEN = ("customer_id", "known_at", "loaded_at", *_OWN)
GROUPS = ("entered", "left", "stayed")


@dataclass(frozen=True)
class RowGroup:
    """Rows that came into the number, went out of it, or stayed in it."""

    key: str
    title: str
    count: int
    rows: Sequence[Sequence[str]]

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class SourceRows:
    """The rows of one table that a metric, or one side of it, counts."""

    place: int
    title: str
    how: str
    count_before: str
    count_after: str
    columns: Sequence[str]
    groups: Sequence[RowGroup]


def rows_behind(
    reader: ReleaseReader,
    customer_id: str,
    metric: str,
    comparison: Comparison,
    *,
    at: dt.datetime,
) -> list[SourceRows]:
    """Return the rows behind a metric, for each table that it is made of.

    Rows of people who do not want their use or words looked at stay, of nobody: they
    are in the number.
    """
    by_key = reader.catalog.metric_by_key
    found = []
    for place, source in enumerate(sources_behind(by_key[metric], by_key)):
        if not reader.has(source.table):
            continue
        evidence = _evidence(reader, customer_id, source, comparison)
        evidence = _of_willing(evidence, source.table, LOOKING, at=at)
        rows = reader.fetch(_capped(evidence, source.table))
        found.append(_shown(reader, source, rows, place=place))
    return found


def export_rows(
    reader: ReleaseReader,
    customer_id: str,
    metric: str,
    comparison: Comparison,
    *,
    at: dt.datetime,
) -> Iterator[Sequence[object]]:
    """Yield all rows behind a metric as a table, its head first."""
    by_key = reader.catalog.metric_by_key
    for source in sources_behind(by_key[metric], by_key):
        if not reader.has(source.table):
            continue
        columns = [c for c in reader.columns(source.table) if c not in _HIDDEN]
        yield ["table", "side", "counted_before", "counted_after", "is_part", *columns]
        expression = _evidence(reader, customer_id, source, comparison)
        shared = (*LOOKING, Purpose.SHARING)
        expression = _of_willing(expression, source.table, shared, at=at)
        ordered = expression.order_by(_newest_first(expression, source.table))
        for batch in reader.batches(ordered):
            for row in batch.to_pylist():
                yield [
                    source.table, source.side, row["counted_before"],
                    row["counted_after"], row["is_part"],
                    *(row[column] for column in columns),
                ]  # fmt: skip


def _evidence(
    reader: ReleaseReader, customer_id: str, source: Source, comparison: Comparison
) -> ir.Table:
    before = comparison.before or comparison.after
    whose = getattr(source.metric, "contacts", None)
    contacts = None
    if whose is not None:
        contacts = chosen_contacts(
            reader.all_facts("contacts"), whose, offsets=reader.offsets("contacts")
        )
    return evidence_between(
        reader.facts_of(source.table, customer_id),
        TABLES[source.table],
        source,
        days=(before, comparison.after),
        offsets=reader.offsets(source.table),
        contacts=contacts,
    )


def _of_willing(
    rows: ir.Table, table: str, purposes: Sequence[Purpose], *, at: dt.datetime
) -> ir.Table:
    gate = consents.gate_for_all(at=at)
    for purpose in purposes:
        rows = unnamed(rows, table, gate, purpose, keep=_OWN)
    return rows


def _newest_first(rows: ir.Table, table: str) -> list[ir.Value]:
    """Return a full order of the rows of a table."""
    spec = TABLES[table]
    assert spec.time is not None
    keys = [rows[name] for name in spec.key if name != spec.time]
    return [ibis.desc(rows[spec.time]), *keys]


def _capped(rows: ir.Table, table: str) -> ir.Table:
    """Return the newest rows of each group, with the size of the group."""
    order = _newest_first(rows, table)
    same = [rows.counted_before, rows.counted_after]
    numbered = rows.mutate(
        group_rows=ibis.row_number().over(group_by=same, order_by=order),
        group_size=rows.count().over(group_by=same),
    )
    newest = numbered.filter(numbered.group_rows < SHOWN)
    return newest.order_by("group_rows")


def _shown(
    reader: ReleaseReader, source: Source, rows: Sequence[Row], *, place: int
) -> SourceRows:
    by_key = reader.catalog.metric_by_key
    columns = [
        name
        for name in _in_order(reader, source.table)
        if any(_is_given(row.get(name)) for row in rows)
    ]
    names = _contact_names(reader, rows) if "contact_id" in columns else {}
    grouped: dict[str, list[Row]] = {key: [] for key in GROUPS}
    for row in rows:
        grouped[_group(row)].append(row)
    sizes = {
        key: int(str(g[0]["group_size"])) if g else 0 for key, g in grouped.items()
    }
    is_share = any(row["is_part"] is False for row in rows)
    heads = [_head(source.table, name) for name in columns]
    return SourceRows(
        place=place,
        title=_SIDES[source.side]() % {"metric": words.said(source.metric.label.label)},
        how=words.said(describe_metric(source.metric, by_key)),
        count_before=formatting.number(sizes["left"] + sizes["stayed"]),
        count_after=formatting.number(sizes["entered"] + sizes["stayed"]),
        columns=[*([_("In the part")] if is_share else []), *heads],
        groups=[
            RowGroup(
                key,
                _TITLES[key](),
                sizes[key],
                [
                    [
                        *([_yes(row["is_part"])] if is_share else []),
                        *(_cell(source.table, c, row[c], names) for c in columns),
                    ]
                    for row in grouped[key]
                ],
            )
            for key in GROUPS
        ],
    )


def _in_order(reader: ReleaseReader, table: str) -> list[str]:
    """Return the columns as a person asks: when, what, and last by which key."""
    spec = TABLES[table]
    given = [name for name in reader.columns(table) if name not in _HIDDEN]
    last = [name for name in spec.key if name.endswith("_id")]
    places = {str(spec.time): -1} | dict.fromkeys(last, 1)
    return sorted(given, key=lambda name: places.get(name, 0))


_SIDES = {
    "rows": lambda: _("Rows that count"),
    "above": lambda: _("Above the line: %(metric)s"),
    "below": lambda: _("Below the line: %(metric)s"),
    "now": lambda: _("%(metric)s, in the window"),
    "before": lambda: _("%(metric)s, in the window before"),
}
_TITLES = {
    "entered": lambda: pgettext("rows", "Came in"),
    "left": lambda: pgettext("rows", "Went out"),
    "stayed": lambda: pgettext("rows", "Counted on both dates"),
}


def _group(row: Row) -> str:
    if row["counted_before"] and row["counted_after"]:
        return "stayed"
    return "entered" if row["counted_after"] else "left"


def _is_given(value: object) -> bool:
    return value is not None and value != ""


def _yes(value: object) -> str:
    return _("Yes") if value else _("No")


def _head(table: str, column: str) -> str:
    if column == "contact_id":
        return _("Contact")
    known = TABLES[table].by_name.get(column)
    return words.said(known.meaning) if known else column


def _contact_names(reader: ReleaseReader, rows: Sequence[Row]) -> Mapping[str, str]:
    keys = sorted({str(row["contact_id"]) for row in rows if row["contact_id"]})
    contacts = reader.rows_by_key("contacts", keys)
    return {key: str(row["name"]) for key, row in contacts.items() if row["name"]}


def _cell(table: str, column: str, value: object, names: Mapping[str, str]) -> str:
    """Return a value of a row for reading."""
    if value is None:
        return ""
    known = TABLES[table].by_name.get(column)
    if column == "contact_id":
        return names.get(str(value), str(value))
    if isinstance(value, dt.datetime):
        return formatting.moment(value.replace(tzinfo=dt.UTC))
    if isinstance(value, dt.date):
        return formatting.day(value)
    if isinstance(value, bool):
        return _yes(value)
    if isinstance(value, int | float | Decimal):
        return formatting.quantity(value)
    if known is not None and known.choices:
        return words.choice(value)
    return str(value)
