"""Which column of a file fills which column of a table."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from banso.connectors.headers import normal_name
from banso.connectors.mapping import FileMapping, Monthly
from banso.connectors.quoting import name_sql, text_sql
from banso.connectors.values import PLAIN, Given
from banso.tables.spec import Column, Kind, TableSpec

KNOWN_AT = "known_at"
MERGED_INTO = "merged_into"


@dataclass(frozen=True)
class Conforming:
    """What the company's settings say about values that do not say it themselves."""

    timezone: str
    currency: str


@dataclass(frozen=True)
class Field:
    """One column of the result and where its value comes from."""

    name: str
    given: Given
    column: Column | None = None  # None: an attribute, or known_at
    form: str | None = None  # how the mapping says that it is written

    @property
    def kind(self) -> Kind:
        """The kind to read; an attribute stays text until all of it was seen."""
        if self.name == KNOWN_AT:
            return Kind.TIME
        return self.column.kind if self.column else Kind.TEXT

    @property
    def is_attribute(self) -> bool:
        """Whether the contract does not know the column."""
        return self.column is None and self.name != KNOWN_AT


@dataclass(frozen=True)
class Layout:
    """The columns that a file gives to a table."""

    spec: TableSpec
    fields: tuple[Field, ...]

    @property
    def attributes(self) -> tuple[Field, ...]:
        """The columns that the contract does not know."""
        return tuple(field for field in self.fields if field.is_attribute)


def layout_of(
    spec: TableSpec, schema: pa.Schema, mapping: FileMapping | None
) -> Layout:
    """Return the layout of a chunk with `schema`.

    A column that `mapping` takes under another name, ignores or overrides with a
    constant does not come again as an attribute.
    """
    given = {field.name: Given(name_sql(field.name), field.type) for field in schema}
    if mapping is not None:
        given = _mapped(given, mapping)
    formats = mapping.formats if mapping else {}
    fields = [
        Field(name, given[name], spec.by_name[name], formats.get(name))
        for name in spec.by_name
        if name in given
    ]
    fields += [
        Field(name, given[name])
        for name in sorted(given)
        if name not in spec.by_name and not name.startswith("_")
        if mapping is None or mapping.attributes or name in {*mapping.columns, KNOWN_AT}
    ]
    return Layout(spec, tuple(fields))


def missing_columns(
    spec: TableSpec, headers: tuple[str, ...], mapping: FileMapping | None
) -> tuple[str, ...]:
    """Return the columns that every row needs and that a file does not have."""
    names = {normal_name(header) for header in headers}
    if mapping is not None:
        names |= {*mapping.columns, *mapping.constants}
    derived = spec.key if spec.derived_key else ()
    return tuple(
        name for name in spec.required if name not in names and name not in derived
    )


def unknown_theirs(headers: tuple[str, ...], mapping: FileMapping) -> tuple[str, ...]:
    """Return each column that a mapping names and a file has not."""
    known = {normal_name(header) for header in headers}
    theirs = (
        *mapping.columns.values(),
        *(m.interval for m in mapping.monthly.values()),
    )
    return tuple(name for name in theirs if normal_name(name) not in known)


def _mapped(given: Mapping[str, Given], mapping: FileMapping) -> dict[str, Given]:
    theirs = {ours: normal_name(name) for ours, name in mapping.columns.items()}
    used = {*theirs.values(), *(normal_name(name) for name in mapping.ignore)}
    result = {
        name: value
        for name, value in given.items()
        if name not in used or name.startswith("_")
    }
    for ours, name in theirs.items():
        if ours in result:  # the file has another column of that name: keep it too
            result[f"{ours}_in_file"] = result.pop(ours)
        if name in given:
            result[ours] = given[name]
    for ours, monthly in mapping.monthly.items():
        result[ours] = _monthly(result[ours], given, monthly)
    result |= {
        ours: Given(text_sql(value), pa.string())
        for ours, value in mapping.constants.items()
    }
    for ours, translations in mapping.values.items():
        if ours in result:
            result[ours] = _translated(result[ours], translations)
    return result


def _translated(given: Given, translations: Mapping[str, str]) -> Given:
    cases = " ".join(
        f"WHEN {text_sql(theirs.strip().lower())} THEN {text_sql(ours)}"
        for theirs, ours in translations.items()
    )
    text = given.text
    return Given(f"CASE lower({text}) {cases} ELSE {text} END", pa.string())


def _monthly(amount: Given, given: Mapping[str, Given], monthly: Monthly) -> Given:
    """Return the amount per month; as it stands, so refused, for other intervals."""
    interval = given[normal_name(monthly.interval)].text
    cases = " ".join(
        f"WHEN {text_sql(name.lower())} THEN {months}"
        for name, months in monthly.months.items()
    )
    text = amount.text
    number = (
        f"CASE WHEN regexp_full_match({text}, {text_sql(PLAIN)}) THEN"
        f" TRY_CAST({text} AS DOUBLE) END"
    )
    months = f"CASE lower({interval}) {cases} END"
    per_month = f"CAST(CAST({number} / {months} AS DECIMAL(18,4)) AS VARCHAR)"
    refused = f"{text} || ' per ' || coalesce({interval}, 'unknown interval')"
    return Given(f"coalesce({per_month}, {refused})", pa.string())
