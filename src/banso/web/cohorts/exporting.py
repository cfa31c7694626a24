"""Cohorts as CSV: one line per cohort and age."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from banso.charts.cohorts import NamedLine
from banso.webkit.spreadsheets import BYTE_ORDER_MARK, safe_cell

COLUMNS: Final = (
    "cohort", "start", "age_months", "customers", "kept", "low", "high", "reason",
)  # fmt: skip


def csv_text(lines: Sequence[NamedLine], *, for_excel: bool) -> str:
    """Return a head and one line per cohort and age; shares are of 0 to 1."""
    file = io.StringIO(newline="")
    file.write(BYTE_ORDER_MARK if for_excel else "")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for each in lines:
        for cell in each.line.cells:
            facts = (
                each.name,
                each.line.start,
                cell.age,
                cell.customers,
                cell.value,
                cell.low,
                cell.high,
                cell.reason,
            )
            writer.writerow([safe_cell(fact) for fact in facts])
    return file.getvalue()
