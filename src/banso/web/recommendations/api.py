"""Recommendations for programs."""

from django.http import HttpResponseBase
from ninja import Query, Router

from banso.web.audit import operations as audit
from banso.web.customers import queries as customers
from banso.web.recommendations import queries
from banso.web.recommendations.schemas import (
    Filters,
    ItemsOut,
    SuggestionsPage,
    SuggestionsQuery,
)
from banso.webkit.api.files import CSV
from banso.webkit.api.paging import following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file

router = Router(tags=["Recommendations"])


@router.get(
    "recommendations", response=SuggestionsPage, operation_id="listRecommendations"
)
@allowed("see_customers")
def suggestions(request: StaffRequest, asked: Query[SuggestionsQuery]) -> object:
    """List what to suggest to whom; empty while there is too little to learn from."""
    release, start = customers.published_release(), start_of(asked.cursor)
    rows, more = queries.list_suggestions(
        asked.asked,
        customer_id=asked.customer_id,
        visible_to=request.user,
        start=start,
        size=asked.limit,
    )
    page = paged(request, rows, following(start + len(rows)) if more else "")
    return {"as_of": release.as_of if release else None, **page}


@router.get(
    "recommendations.csv", operation_id="exportRecommendations", openapi_extra=CSV
)
@allowed("see_customers")
@allowed("export_customers")
def export(request: StaffRequest, asked: Query[Filters]) -> HttpResponseBase:
    """Send all suggestions of a selection as CSV."""
    text = queries.export_suggestions(
        asked.asked, visible_to=request.user, for_excel=False
    )
    return csv_file(
        audit.export_figures(
            text,
            name="recommendations",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name="recommendations",
    )


@router.get(
    "recommendations/items", response=ItemsOut, operation_id="listRecommendedItems"
)
@allowed("see_customers")
def items(request: StaffRequest) -> object:
    """List what may be recommended, how many use it, and whether its users stay."""
    del request
    release = customers.published_release()
    return {
        "as_of": release.as_of if release else None,
        "items": queries.list_items(),
    }
