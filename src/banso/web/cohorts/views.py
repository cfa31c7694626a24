"""The page of cohorts, and its figures as a file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.cohorts import queries
from banso.web.cohorts.exporting import csv_text
from banso.web.cohorts.forms import CohortForm
from banso.web.cohorts.selection import Selection
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_cohorts")
def page(request: StaffRequest) -> HttpResponse:
    """Show what is kept of the customers who came together."""
    language = request.LANGUAGE_CODE or "en"
    found = queries.cohorts_page(Selection.read(request.GET), language=language)
    context = {"page": found, "form": CohortForm.of_page(found) if found else None}
    return render(request, "cohorts/page.html", context)


@require_safe
@allowed("export_customers")
def export(request: StaffRequest) -> HttpResponse:
    """Give every cohort at every age as a file, chosen as the page is."""
    lines = queries.export_lines(Selection.read(request.GET))
    text = csv_text(lines, for_excel=bool(request.GET.get("bom")))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"cohorts-{request.now:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
