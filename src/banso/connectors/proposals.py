"""Proposing a mapping for a file whose columns are called differently."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from banso.connectors.exports import BY_TABLE, EXPORTS, MONTHS, SYNONYMS, Export
from banso.connectors.headers import normal_name
from banso.tables.registry import TABLES
from banso.tables.spec import TableSpec

_LEAST_MATCHES = 3  # columns that a table must recognize to be guessed


@dataclass(frozen=True)
class Proposal:
    """One entry for a mapping file."""

    file: str
    table: str
    columns: Mapping[str, str]  # ours: theirs, as the file writes it
    product: str = ""  # whose export it looks like
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    monthly: Mapping[str, str] = field(default_factory=dict)  # ours: their interval
    attributes: bool = True
    remark: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns that the table needs and nobody could guess."""
        spec = TABLES[self.table]
        derived = spec.key if spec.derived_key else ()
        return tuple(
            name
            for name in spec.required
            if name not in self.columns and name not in derived
        )


def propose_mapping(
    columns: Sequence[str], table: str | None = None, *, file: str = "FILE.csv"
) -> tuple[Proposal, ...]:
    """Return the entries of a mapping file for a file with these columns.

    Known exports (Stripe, Salesforce, HubSpot, Zendesk, Intercom, PostHog, Segment)
    are recognized by columns that only they have; one of them may fill two tables.
    Otherwise names are compared with usual ones, in English and Japanese.

    Parameters
    ----------
    columns
        The headers of the file.
    table
        The table that the file is for, when that is known.
    file
        The name of the file.

    Returns
    -------
    tuple of Proposal
        Empty when the columns tell nothing.

    """
    theirs = {normal_name(column): column for column in reversed(columns)}
    known = tuple(
        _from_export(export, theirs, file) for export in _exports(theirs, table)
    )
    if known:
        return known
    tables = [TABLES[table]] if table else list(TABLES.values())
    guesses = [_from_names(spec, theirs, file) for spec in tables]
    if table is None:
        guesses = [
            guess
            for guess in guesses
            if not guess.missing and len(guess.columns) >= _LEAST_MATCHES
        ]
    guesses.sort(key=lambda guess: -len(guess.columns))
    return tuple(guess for guess in guesses[:1] if guess.columns)


def mapping_text(proposals: Sequence[Proposal]) -> str:
    """Return a mapping file with the proposed entries; empty when there are none."""
    if not proposals:
        return ""
    lines = ["schema_version: 1", "files:"]
    for proposal in proposals:
        lines += _entry_lines(proposal)
    return "\n".join([*lines, ""])


def _exports(theirs: Mapping[str, str], table: str | None) -> Iterator[Export]:
    product = ""
    for export in EXPORTS:
        fits = all(any(name in theirs for name in names) for names in export.signs)
        fits = fits and export.product == (product or export.product)
        if fits and (product or table in {None, export.table} or _also(export, table)):
            product = export.product
            yield export


def _also(export: Export, table: str | None) -> bool:
    """Return whether another entry of the same product is for `table`."""
    return any(
        other.product == export.product and other.table == table for other in EXPORTS
    )


def _from_export(export: Export, theirs: Mapping[str, str], file: str) -> Proposal:
    columns = _found(export.columns, theirs)
    return Proposal(
        file=file,
        table=export.table,
        columns=columns,
        product=export.product,
        values={ours: v for ours, v in export.values.items() if ours in columns},
        monthly={
            ours: theirs[interval]
            for ours, interval in export.monthly.items()
            if ours in columns and interval in theirs
        },
        attributes=export.attributes,
        remark=export.remark,
    )


def _from_names(spec: TableSpec, theirs: Mapping[str, str], file: str) -> Proposal:
    special = BY_TABLE.get(spec.name, {})
    names = {
        column.name: (
            column.name,
            normal_name(column.meaning.ja),
            normal_name(column.meaning.en),
            *special.get(column.name, ()),
            *SYNONYMS.get(column.name, ()),
            *(("id",) if (column.name,) == spec.key else ()),
        )
        for column in spec.columns
    }
    return Proposal(file=file, table=spec.name, columns=_found(names, theirs))


def _found(
    names: Mapping[str, tuple[str, ...]], theirs: Mapping[str, str]
) -> dict[str, str]:
    found = {}
    for ours, candidates in names.items():
        match = next((name for name in candidates if name in theirs), None)
        if match is not None:
            found[ours] = theirs[match]
    return found


def _entry_lines(proposal: Proposal) -> Iterator[str]:
    if proposal.product:
        yield f"  # This looks like an export of {proposal.product}."
    if proposal.remark:
        yield f"  # {proposal.remark}"
    yield f"  - file: {_quoted(proposal.file)}"
    yield f"    table: {proposal.table}"
    yield "    columns:"
    for ours, theirs in proposal.columns.items():
        yield f"      {ours}: {_quoted(theirs)}"
    for ours in proposal.missing:
        yield f"      # {ours}: write here which column it is; every row needs it"
    yield from _value_lines(proposal)
    if not proposal.attributes:
        yield "    attributes: false"


def _value_lines(proposal: Proposal) -> Iterator[str]:
    if proposal.values:
        yield "    values:"
    for ours, translations in proposal.values.items():
        yield f"      {ours}:"
        for theirs, value in translations.items():
            yield f"        {_quoted(theirs)}: {_quoted(value)}"
    if proposal.monthly:
        yield "    monthly:"
    for ours, interval in proposal.monthly.items():
        yield f"      {ours}:"
        yield f"        interval: {_quoted(interval)}"
        months = ", ".join(f"{name}: {count:g}" for name, count in MONTHS.items())
        yield f"        months: {{{months}}}"


def _quoted(text: str) -> str:
    """Return a YAML text in double quotes, which are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
