"""The pages of revenue, and the contract lines behind a figure as a file."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.audit import operations as audit
from banso.web.revenue import lines as lines_behind
from banso.web.revenue import queries, variants
from banso.web.revenue import reconciliation as billing
from banso.web.revenue import reconciliation_rows as rows_behind
from banso.web.revenue import retention as retention_queries
from banso.web.revenue.forms import ReconciliationForm, RetentionForm, RevenueForm
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file


@require_safe
@allowed("see_revenue")
def page(request: StaffRequest) -> HttpResponse:
    """Show where MRR came from and went, by month, quarter or year."""
    found = queries.revenue_page(
        request.GET,
        visible_to=request.user,
        language=request.LANGUAGE_CODE or "en",
    )
    context = {"page": found, "form": RevenueForm.of(found)}
    return render(request, "revenue/page.html", context)


@require_safe
@allowed("see_revenue")
def retention(request: StaffRequest) -> HttpResponse:
    """Show who and what stayed, by month and segment, and under each variant."""
    found = retention_queries.retention_page(
        request.GET,
        visible_to=request.user,
        language=request.LANGUAGE_CODE or "en",
    )
    context = {"page": found, "form": RetentionForm.of(found)}
    return render(request, "revenue/retention.html", context)


@require_safe
@allowed("see_revenue")
def variant(request: StaffRequest, key: str) -> HttpResponse:
    """Show who counts differently in a variant of retention."""
    found = variants.variant_page(
        key,
        request.GET,
        visible_to=request.user,
        language=request.LANGUAGE_CODE or "en",
    )
    return render(request, "revenue/variant.html", {"page": found})


@require_safe
@allowed("see_revenue")
def reconciliation(request: StaffRequest) -> HttpResponse:
    """Show what was billed by month, and why it is not MRR."""
    found = billing.reconciliation_page(
        request.GET,
        visible_to=request.user,
        language=request.LANGUAGE_CODE or "en",
    )
    context = {"page": found, "form": ReconciliationForm.of(found)}
    return render(request, "revenue/reconciliation.html", context)


@require_safe
@allowed("see_revenue")
def reconciliation_rows(request: StaffRequest) -> HttpResponse:
    """Show the charges or contract lines behind a figure of the reconciliation."""
    found = rows_behind.rows_page(
        request.GET,
        visible_to=request.user,
        language=request.LANGUAGE_CODE or "en",
    )
    return render(request, "revenue/reconciliation_rows.html", {"page": found})


@require_safe
@allowed("export_customers")
def export_reconciliation(request: StaffRequest) -> HttpResponseBase:
    """Give the rows behind a figure of the reconciliation as a file."""
    text = rows_behind.rows_csv(
        request.GET,
        visible_to=request.user,
        for_excel=bool(request.GET.get("bom")),
    )
    return csv_file(
        audit.export_figures(
            text,
            name="revenue/reconciliation",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name=f"reconciliation-{request.now:%Y-%m-%d}",
    )


@require_safe
@allowed("see_revenue")
def lines(request: StaffRequest) -> HttpResponse:
    """Show the customers and contract lines behind a figure."""
    found = lines_behind.lines_page(request.GET, visible_to=request.user)
    return render(request, "revenue/lines.html", {"page": found})


@require_safe
@allowed("export_customers")
def export(request: StaffRequest) -> HttpResponseBase:
    """Give the contract lines behind a figure as a file."""
    text = lines_behind.lines_csv(
        request.GET,
        visible_to=request.user,
        for_excel=bool(request.GET.get("bom")),
    )
    return csv_file(
        audit.export_figures(
            text,
            name="revenue/lines",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name=f"revenue-lines-{request.now:%Y-%m-%d}",
    )
