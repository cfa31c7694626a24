"""Revenue for programs."""

from django.http import HttpResponseBase
from ninja import Query, Router

from banso.web.audit import operations as audit
from banso.web.customers import queries as customers
from banso.web.revenue import lines as lines_behind
from banso.web.revenue import reconciliation_rows as rows_behind
from banso.web.revenue import records
from banso.web.revenue.schemas import (
    BehindAsked,
    BehindPage,
    BehindQuery,
    DifferentPage,
    DifferentQuery,
    LinesAsked,
    LinesPage,
    LinesQuery,
    PeriodsOut,
    PeriodsQuery,
    ReconciliationOut,
    RetentionsOut,
)
from banso.webkit.api.files import CSV
from banso.webkit.api.paging import following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file

router = Router(tags=["Revenue"])


@router.get("revenue/periods", response=PeriodsOut, operation_id="listRevenuePeriods")
@allowed("see_revenue")
def periods(request: StaffRequest, asked: Query[PeriodsQuery]) -> object:
    """Return MRR by period and what moved it, over the customers that the user sees."""
    release = customers.published_release()
    found = records.periods(request.user, asked.grain, asked.grouping)
    items = [
        {
            "period": each.period,
            "segment": each.segment,
            "currency": each.currency,
            "amounts": dict(each.amounts),
            "customers": dict(each.counts),
            "arr": each.arr,
            "cmrr": each.cmrr,
            "arpa": each.arpa,
            "quick_ratio": each.quick_ratio,
        }
        for each in found
    ]
    return {
        "as_of": release.as_of if release else None,
        "groupings": records.groupings(request.user),
        "items": items,
    }


@router.get("revenue/retention", response=RetentionsOut, operation_id="listRetention")
@allowed("see_revenue")
def retention(request: StaffRequest) -> object:
    """Return NRR, GRR and logo retention over all customers, by period and variant.

    For users who see all customers.
    """
    release = customers.published_release()
    items = records.retention(request.user)
    return {"as_of": release.as_of if release else None, "items": items}


@router.get(
    "revenue/retention/{variant}/customers",
    response=DifferentPage,
    operation_id="listVariantCustomers",
)
@allowed("see_revenue")
def different(
    request: StaffRequest, variant: str, asked: Query[DifferentQuery]
) -> object:
    """List who counts differently in a variant of retention, the largest first.

    404 before there is any revenue, and for a variant that there is not or that
    cannot differ here.
    """
    start = start_of(asked.cursor)
    found = records.different(
        variant, asked.currency, visible_to=request.user, start=start, size=asked.limit
    )
    following_ = following(start + len(found.rows)) if found.has_more else ""
    return {**found.figures, **paged(request, found.rows, following_)}


@router.get("revenue/lines", response=LinesPage, operation_id="listRevenueLines")
@allowed("see_revenue")
def lines(request: StaffRequest, asked: Query[LinesQuery]) -> object:
    """List the contract lines behind a figure of a period, the largest first.

    404 before there is any revenue, and for a grouping that there is not.
    """
    start = start_of(asked.cursor)
    found = lines_behind.list_lines(
        asked.asked, visible_to=request.user, start=start, size=asked.limit
    )
    following_ = following(start + len(found.rows)) if found.has_more else ""
    page = paged(request, found.rows, following_)
    return {"period": found.day, "total": found.total, **page}


@router.get("revenue/lines.csv", operation_id="exportRevenueLines", openapi_extra=CSV)
@allowed("see_revenue")
@allowed("export_customers")
def lines_csv(request: StaffRequest, asked: Query[LinesAsked]) -> HttpResponseBase:
    """Send all contract lines behind a figure as CSV."""
    text = lines_behind.lines_csv(asked.asked, visible_to=request.user, for_excel=False)
    return csv_file(
        audit.export_figures(
            text,
            name="revenue/lines",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name="revenue-lines",
    )


@router.get(
    "revenue/reconciliation",
    response=ReconciliationOut,
    operation_id="listReconciliation",
)
@allowed("see_revenue")
def reconciliation(request: StaffRequest) -> object:
    """Return what was billed by month and currency, and why it is not MRR."""
    release = customers.published_release()
    items = records.reconciliation(request.user)
    return {"as_of": release.as_of if release else None, "items": items}


@router.get(
    "revenue/reconciliation/rows",
    response=BehindPage,
    operation_id="listReconciliationRows",
)
@allowed("see_revenue")
def reconciliation_rows(request: StaffRequest, asked: Query[BehindQuery]) -> object:
    """List the charges or contract lines behind a figure of the reconciliation.

    404 while no charges are known.
    """
    start = start_of(asked.cursor)
    found = rows_behind.list_rows(
        asked.asked, visible_to=request.user, start=start, size=asked.limit
    )
    following_ = following(start + len(found.rows)) if found.has_more else ""
    page = paged(request, found.rows, following_)
    return {"month": found.day, "total": found.total, **page}


@router.get(
    "revenue/reconciliation/rows.csv",
    operation_id="exportReconciliationRows",
    openapi_extra=CSV,
)
@allowed("see_revenue")
@allowed("export_customers")
def reconciliation_csv(
    request: StaffRequest, asked: Query[BehindAsked]
) -> HttpResponseBase:
    """Send all rows behind a figure of the reconciliation as CSV."""
    text = rows_behind.rows_csv(asked.asked, visible_to=request.user, for_excel=False)
    return csv_file(
        audit.export_figures(
            text,
            name="revenue/reconciliation",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name="reconciliation",
    )
