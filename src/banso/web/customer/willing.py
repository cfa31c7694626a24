"""Rows of facts without the words of people who do not want them used."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from banso.kernel.consent import Gate, Purpose
from banso.runs.reading import Row
from banso.tables.registry import TABLES
from banso.web.consents import queries as consents

# of a person's own use, and of its words: what a page about one customer looks at
LOOKING: Final = (Purpose.USAGE_ANALYSIS, Purpose.VOICE_ANALYSIS)


def without_words(
    rows: Mapping[str, Sequence[Row]],
    purposes: Collection[Purpose],
    *,
    at: dt.datetime,
) -> dict[str, Sequence[Row]]:
    """Return rows in which nobody is quoted who refuses one of some purposes.

    Parameters
    ----------
    rows
        By table: what of them is free text says its declaration.
    purposes
        What the words are about to be used for.
    at
        The present.

    """
    quoting = {name: list(_free(name)) for name in rows}
    ids = {
        str(row.get("contact_id") or "")
        for name, of_table in rows.items()
        if quoting[name]
        for row in of_table
    }
    gate = consents.gate_for(ids, at=at)
    return {
        name: [_unsaid(row, quoting[name], gate, purposes) for row in of_table]
        for name, of_table in rows.items()
    }


IS_UNSAID: Final = "_is_unsaid"  # in rows from which words were taken


def _free(table: str) -> Iterator[str]:
    return (column.name for column in TABLES[table].columns if column.free_text)


def _unsaid(
    row: Row, names: Sequence[str], gate: Gate, purposes: Collection[Purpose]
) -> Row:
    contact = row.get("contact_id")
    may = all(gate.may(contact, purpose) for purpose in purposes)
    if may or not any(row.get(name) for name in names):
        return row
    return {**row, **dict.fromkeys(names), IS_UNSAID: True}
