"""Forecasts as plain values, for programs."""

from banso.runs.reading import Choice, Row
from banso.web.customers import queries as customers
from banso.webkit.permissions import Staff


def list_forecasts(
    user: Staff, *, customer_id: str, horizon_days: int | None, start: int, size: int
) -> tuple[list[Row], bool]:
    """Return forecasts of customers that a user sees, and whether there are more."""
    reader = customers.published_reader()
    if reader is None:
        return [], False
    equal: dict[str, object] = {}
    if horizon_days is not None:
        equal["horizon_days"] = horizon_days
    seen = customers.visible_ids(user)
    if customer_id:
        kept = customers.find_kept(customer_id) or customer_id
        seen = [customers.get_customer(kept, visible_to=user).pk]
    choice = Choice(
        order=("customer_id", "horizon_days"),
        equal=equal,
        customers=seen,
        start=start,
        limit=size + 1,
    )
    rows = reader.beside_customers("forecast", choice)
    shown = [{**row, "currency": row["amount_currency"]} for row in rows[:size]]
    return list(shown), len(rows) > size
