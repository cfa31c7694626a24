"""The list of customers as CSV, row by row."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from django.db.models import QuerySet

from banso.web.customers.models import CustomerNow
from banso.webkit import spreadsheets

COLUMNS: Final = (
    "customer_id", "name", "status", "band", "score", "coverage", "score_before",
    "change", "worst_element", "worst_points", "best_element", "best_points", "mrr",
    "currency", "plan", "products", "seats", "started_on", "renews_on", "notice_on",
    "ended_on", "owner", "touch", "industry", "country", "size", "purpose",
    "last_active_on", "p_churn", "p_churn_low", "p_churn_high", "p_churn_basis",
    "mrr_at_risk", "success",
)  # fmt: skip
_CHUNK: Final = 2_000


def csv_lines(customers: QuerySet[CustomerNow], *, for_excel: bool) -> Iterator[str]:
    """Return the head and one line per customer, with its attributes at the end.

    A text that a spreadsheet would run as a formula begins with an apostrophe.
    """
    # all rows of a release have the same attributes, empty or not
    any_row = customers.order_by().values_list("attributes", flat=True).first()
    attributes = sorted(any_row or {})
    head = [*COLUMNS, *map(_attribute_head, attributes)]
    found = customers.values_list(*COLUMNS, "attributes").iterator(chunk_size=_CHUNK)
    rows = (
        [*values, *(own.get(name) for name in attributes)] for *values, own in found
    )
    return spreadsheets.csv_lines(chain([head], rows), for_excel=for_excel)


def _attribute_head(name: str) -> str:
    return f"attribute_{name}" if name in COLUMNS else name
