"""Suggestions as CSV."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from banso.runs.reading import Row
from banso.webkit.spreadsheets import BYTE_ORDER_MARK, safe_cell

COLUMNS: Final = (
    "customer_id", "name", "owner", "mrr", "currency", "score", "band", "rank", "kind",
    "item", "chance", "low", "high", "peers", "basis", "reason", "because",
)  # fmt: skip


def csv_text(rows: Sequence[Row], *, for_excel: bool) -> str:
    """Return a head and one line per suggestion."""
    file = io.StringIO(newline="")
    file.write(BYTE_ORDER_MARK if for_excel else "")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([safe_cell(row[name]) for name in COLUMNS])
    return file.getvalue()
