"""The overview for programs."""

from ninja import Router

from banso.web.overview import records
from banso.web.overview.schemas import OverviewOut
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Customers"])


@router.get("overview", response=OverviewOut, operation_id="getOverview")
@allowed("see_overview")
def overview(request: StaffRequest) -> object:
    """Return how the customers stand that the user sees: bands, renewals, outlook.

    404 before the first run. Who fell or rose most: `listCustomers` with
    `sort=change` or `sort=-change`.
    """
    return records.overview(request.user, at=request.now)
