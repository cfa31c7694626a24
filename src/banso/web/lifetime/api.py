"""Lifetime value for programs."""

from django.http import HttpResponseBase
from ninja import Query, Router

from banso.web.audit import operations as audit
from banso.web.lifetime import queries
from banso.web.lifetime.exporting import csv_table
from banso.web.lifetime.schemas import LifetimeAsked, LifetimePage, LifetimeQuery
from banso.webkit.api.files import CSV
from banso.webkit.api.paging import following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file

router = Router(tags=["Cohorts and lifetime value"])


@router.get("lifetime", response=LifetimePage, operation_id="listLifetime")
@allowed("see_lifetime")
def lifetime(request: StaffRequest, asked: Query[LifetimeQuery]) -> object:
    """List what customers are worth: every figure of all, and of each segment.

    Over all customers, in every currency. A group that there is not is 404.
    """
    start = start_of(asked.cursor)
    found = queries.list_figures(asked.group)
    rows = found.rows[start : start + asked.limit]
    is_more = len(found.rows) > start + asked.limit
    page = paged(request, rows, following(start + len(rows)) if is_more else "")
    return {"as_of": found.as_of, "groups": found.groups, **page}


@router.get("lifetime.csv", operation_id="exportLifetime", openapi_extra=CSV)
@allowed("see_lifetime")
@allowed("export_customers")
def export(request: StaffRequest, asked: Query[LifetimeAsked]) -> HttpResponseBase:
    """Send every figure as CSV."""
    text = csv_table(queries.list_figures(asked.group).pairs, for_excel=False)
    return csv_file(
        audit.export_figures(
            text,
            name="lifetime",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name="lifetime",
    )
