"""Lifetime value as CSV: one line per figure of a segment."""

from collections.abc import Iterator, Sequence
from typing import Final

from banso.runs.reading import Row
from banso.webkit import spreadsheets

COLUMNS: Final = (
    "of", "grouping", "segment", "currency", "figure", "value", "low", "high", "n",
    "events", "reason",
)  # fmt: skip


def csv_table(rows: Sequence[tuple[str, Row]], *, for_excel: bool) -> Iterator[str]:
    """Return a head and one line per figure, as the run worked it out.

    Parameters
    ----------
    rows
        Each with ``contracts`` or ``purchases``: what it is a figure of.
    for_excel
        With a mark that makes Excel read Japanese.

    """
    lines = ((of, *(row[name] for name in COLUMNS[1:])) for of, row in rows)
    return spreadsheets.csv_table(COLUMNS, lines, for_excel=for_excel)
