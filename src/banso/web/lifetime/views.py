"""The page of lifetime value, and its figures as a file."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.audit import operations as audit
from banso.web.lifetime import queries
from banso.web.lifetime.exporting import csv_table
from banso.web.lifetime.forms import LifetimeForm
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file


@require_safe
@allowed("see_lifetime")
def page(request: StaffRequest) -> HttpResponse:
    """Show what a customer is worth, by segment, and models beside what came."""
    found = queries.lifetime_page(request.GET, language=request.LANGUAGE_CODE or "en")
    form = LifetimeForm.of_page(found) if found else None
    return render(request, "lifetime/page.html", {"page": found, "form": form})


@require_safe
@allowed("export_customers")
def export(request: StaffRequest) -> HttpResponseBase:
    """Give all figures of the grouping that the page shows as a file."""
    rows = queries.export_rows(request.GET)
    text = csv_table(rows, for_excel=bool(request.GET.get("bom")))
    return csv_file(
        audit.export_figures(
            text,
            name="lifetime",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name=f"lifetime-{request.now:%Y-%m-%d}",
    )
