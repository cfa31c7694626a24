"""Cohorts as CSV: one line per cohort and age."""

from collections.abc import Iterator, Sequence
from typing import Final

from banso.charts.cohorts import NamedLine
from banso.webkit import spreadsheets

COLUMNS: Final = (
    "cohort", "start", "age_months", "customers", "kept", "low", "high", "reason",
)  # fmt: skip


def csv_table(lines: Sequence[NamedLine], *, for_excel: bool) -> Iterator[str]:
    """Return a head and one line per cohort and age; shares are of 0 to 1."""
    rows = (
        (
            each.name,
            each.line.start,
            cell.age,
            cell.customers,
            cell.value,
            cell.low,
            cell.high,
            cell.reason,
        )
        for each in lines
        for cell in each.line.cells
    )
    return spreadsheets.csv_table(COLUMNS, rows, for_excel=for_excel)
