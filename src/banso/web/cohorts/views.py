"""The page of cohorts, and its figures as a file."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.audit import operations as audit
from banso.web.cohorts import members, queries
from banso.web.cohorts.exporting import csv_table
from banso.web.cohorts.forms import CohortForm
from banso.web.cohorts.selection import Selection
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file


@require_safe
@allowed("see_cohorts")
def page(request: StaffRequest) -> HttpResponse:
    """Show what is kept of the customers who came together."""
    language = request.LANGUAGE_CODE or "en"
    found = queries.cohorts_page(Selection.read(request.GET), language=language)
    context = {"page": found, "form": CohortForm.of_page(found) if found else None}
    return render(request, "cohorts/page.html", context)


@require_safe
@allowed("see_cohorts")
def customers(request: StaffRequest) -> HttpResponse:
    """Show the customers behind a number of a cohort."""
    found = members.members_page(request.GET, visible_to=request.user)
    return render(request, "cohorts/customers.html", {"page": found})


@require_safe
@allowed("export_customers")
def export(request: StaffRequest) -> HttpResponseBase:
    """Give every cohort at every age as a file, chosen as the page is."""
    lines = queries.export_lines(Selection.read(request.GET))
    text = csv_table(lines, for_excel=bool(request.GET.get("bom")))
    return csv_file(
        audit.export_figures(
            text,
            name="cohorts",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name=f"cohorts-{request.now:%Y-%m-%d}",
    )
