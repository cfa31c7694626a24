"""The success funnel for programs."""

from ninja import Query, Router

from banso.web.success import queries
from banso.web.success.schemas import SuccessOut, SuccessQuery
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Success"])


@router.get("success", response=SuccessOut, operation_id="getSuccessFunnel")
@allowed("see_success")
def success(request: StaffRequest, asked: Query[SuccessQuery]) -> object:
    """Return how many customers succeed, by cohort and over time."""
    del request
    return queries.funnel_rows(asked.by)
