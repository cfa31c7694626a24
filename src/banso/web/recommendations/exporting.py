"""Suggestions as CSV."""

from collections.abc import Iterator, Sequence
from typing import Final

from banso.runs.reading import Row
from banso.webkit import spreadsheets

COLUMNS: Final = (
    "customer_id", "name", "owner", "mrr", "currency", "score", "band", "rank", "kind",
    "item", "chance", "low", "high", "peers", "basis", "reason", "because",
)  # fmt: skip


def csv_table(rows: Sequence[Row], *, for_excel: bool) -> Iterator[str]:
    """Return a head and one line per suggestion."""
    lines = ([row[name] for name in COLUMNS] for row in rows)
    return spreadsheets.csv_table(COLUMNS, lines, for_excel=for_excel)
