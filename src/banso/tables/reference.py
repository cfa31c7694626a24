"""The reference of the tables, written from their declarations."""

from collections.abc import Iterator

from banso.tables.registry import TABLES
from banso.tables.spec import Column, Kind, TableSpec

_KINDS = {
    Kind.TEXT: "text",
    Kind.INTEGER: "whole number",
    Kind.NUMBER: "number",
    Kind.MONEY: "money",
    Kind.DATE: "date",
    Kind.TIME: "time",
    Kind.FLAG: "true or false",
    Kind.JSON: "JSON",
}
_HEAD = """\
# Tables

<!-- Written from banso.tables by tables_reference(); do not edit. -->

What a business gives to Banso, one file per table: `customers.csv`, `events.parquet`
and so on. How files are read, and what happens to a row that does not fit, is told in
[Load your files](../how-to/load-your-files.md).

**Key** columns identify a row: a later row with the same key replaces it. Keys and
**needed** columns must not be empty. All other columns may be missing. A column that is
not listed here is kept as an attribute of the row.

Dates are written like `2024-01-31`, times like `2024-01-31T09:30:00+09:00` (without a
zone they are in the company's), money as a plain number with its `currency` beside it
(without one it is the company's). A column `known_at` (time) in any table says when a
row became known.
"""


def tables_reference() -> str:
    """Return ``docs/reference/tables.md``: every table with its columns."""
    lines = [_HEAD]
    lines += ["| table | one row is |", "| --- | --- |"]
    lines += [
        f"| [`{spec.name}`](#{spec.name}) | {spec.grain.en} |"
        for spec in TABLES.values()
    ]
    for spec in TABLES.values():
        lines += _section(spec)
    return "\n".join(lines) + "\n"


def _section(spec: TableSpec) -> Iterator[str]:
    yield f"\n## {spec.name}\n"
    yield f"{spec.label.en} ({spec.label.ja}). One row is {spec.grain.en}."
    if spec.derived_key:
        yield f"Without `{spec.key[0]}`, a row is identified by all its values."
    if spec.time:
        yield f"A row is dated by `{spec.time}`."
    if spec.span:
        start, end = spec.span
        yield f"It lasts from `{start}` until before `{end}`."
    yield "\n| column | kind | | meaning | 日本語 |"
    yield "| --- | --- | --- | --- | --- |"
    for column in spec.columns:
        yield _row(column)


def _row(column: Column) -> str:
    role = "key" if column.key else "needed" if column.required else ""
    if column.may_be_empty:
        role += ", may be empty"
    meaning = column.meaning.en
    if column.choices:
        meaning += f": {', '.join(f'`{choice}`' for choice in column.choices)}"
    if column.references:
        meaning += f" (of [`{column.references}`](#{column.references}))"
    return (
        f"| `{column.name}` | {_KINDS[column.kind]} | {role} | {meaning}"
        f" | {column.meaning.ja} |"
    )
