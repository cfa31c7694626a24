"""Forecasts for programs."""

from ninja import Query, Router

from banso.web.forecast import records
from banso.web.forecast.schemas import ForecastPage, ForecastQuery
from banso.webkit.api.paging import following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Forecast"])


@router.get("forecasts", response=ForecastPage, operation_id="listForecasts")
@allowed("see_customers")
def forecasts(request: StaffRequest, asked: Query[ForecastQuery]) -> object:
    """List the chances to leave, to expand and to contract, with intervals."""
    start = start_of(asked.cursor)
    rows, more = records.list_forecasts(
        request.user,
        customer_id=asked.customer_id,
        horizon_days=asked.horizon_days,
        start=start,
        size=asked.limit,
    )
    return paged(request, rows, following(start + len(rows)) if more else "")
