"""Cohorts for programs."""

from django.http import HttpResponseBase
from ninja import Query, Router

from banso.web.audit import operations as audit
from banso.web.cohorts import members, records
from banso.web.cohorts.exporting import csv_table
from banso.web.cohorts.schemas import (
    CohortsAsked,
    CohortsPage,
    CohortsQuery,
    MembersPage,
    MembersQuery,
)
from banso.webkit.api.files import CSV
from banso.webkit.api.paging import following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file

router = Router(tags=["Cohorts and lifetime value"])


@router.get("cohorts", response=CohortsPage, operation_id="listCohorts")
@allowed("see_cohorts")
def cohorts(request: StaffRequest, asked: Query[CohortsQuery]) -> object:
    """List what is kept of the customers who came together, by cohort and age.

    Over all customers, as on the page. A group, segment or feature that there is not
    is 404.
    """
    start = start_of(asked.cursor)
    found = records.list_cells(asked.asked)
    rows = found.cells[start : start + asked.limit]
    is_more = len(found.cells) > start + asked.limit
    page = paged(request, rows, following(start + len(rows)) if is_more else "")
    return {
        "as_of": found.as_of,
        "groups": found.groups,
        "features": found.features,
        **page,
    }


@router.get("cohorts.csv", operation_id="exportCohorts", openapi_extra=CSV)
@allowed("see_cohorts")
@allowed("export_customers")
def export(request: StaffRequest, asked: Query[CohortsAsked]) -> HttpResponseBase:
    """Send every cohort at every age as CSV."""
    text = csv_table(records.list_lines(asked.asked), for_excel=False)
    return csv_file(
        audit.export_figures(
            text,
            name="cohorts",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name="cohorts",
    )


@router.get(
    "cohorts/customers", response=MembersPage, operation_id="listCohortCustomers"
)
@allowed("see_cohorts")
def customers(request: StaffRequest, asked: Query[MembersQuery]) -> object:
    """List the customers behind a number of a cohort, as far as the user sees them."""
    start = start_of(asked.cursor)
    rows, count, more = members.list_members(
        asked.asked, visible_to=request.user, start=start, size=asked.limit
    )
    page = paged(request, rows, following(start + len(rows)) if more else "")
    return {"customers": count.customers, "there": count.there, **page}
