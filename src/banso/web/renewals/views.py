"""The renewal desk, and its renewals as a file."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.audit import operations as audit
from banso.web.renewals import queries
from banso.web.renewals.forms import DeskForm
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file


@require_safe
@allowed("see_revenue")
def desk(request: StaffRequest) -> HttpResponse:
    """Show the renewals that fall due, by month, with the landing that is expected."""
    found = queries.renewal_desk(
        request.GET,
        visible_to=request.user,
        language=request.LANGUAGE_CODE or "en",
    )
    context = {"page": found, "form": DeskForm.of(found)}
    return render(request, "renewals/desk.html", context)


@require_safe
@allowed("export_customers")
def export(request: StaffRequest) -> HttpResponseBase:
    """Give the renewals as a file, filtered as the page is."""
    text = queries.renewals_csv(
        request.GET,
        visible_to=request.user,
        for_excel=bool(request.GET.get("bom")),
    )
    return csv_file(
        audit.export_figures(
            text,
            name="renewals",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name=f"renewals-{request.now:%Y-%m-%d}",
    )
