"""Renewals for programs."""

from ninja import Query, Router

from banso.web.renewals import records
from banso.web.renewals.schemas import RenewalsPage, RenewalsQuery
from banso.webkit.api.paging import following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Revenue"])


@router.get("renewals", response=RenewalsPage, operation_id="listRenewals")
@allowed("see_revenue")
def renewals(request: StaffRequest, asked: Query[RenewalsQuery]) -> object:
    """List the renewals that lie ahead with the chance that each is lost."""
    start = start_of(asked.cursor)
    wanted = asked.model_dump(exclude={"limit", "cursor"}, exclude_none=True)
    rows, more = records.list_renewals(
        {name: str(value) for name, value in wanted.items()},
        visible_to=request.user,
        start=start,
        size=asked.limit,
    )
    return paged(request, rows, following(start + len(rows)) if more else "")
