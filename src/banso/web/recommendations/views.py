"""The page of recommendations, and its rows as a file."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.audit import operations as audit
from banso.web.recommendations import queries
from banso.web.recommendations.forms import SuggestionForm
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file


@require_safe
@allowed("see_customers")
def page(request: StaffRequest) -> HttpResponse:
    """Show what to suggest to whom, item by item, and how often that was right."""
    found = queries.recommendations_page(request.GET, visible_to=request.user)
    context = {"page": found, "form": SuggestionForm.of(found)}
    return render(request, "recommendations/page.html", context)


@require_safe
@allowed("export_customers")
def export(request: StaffRequest) -> HttpResponseBase:
    """Give the suggestions as a file, filtered and sorted as the page is."""
    text = queries.export_suggestions(
        request.GET,
        visible_to=request.user,
        for_excel=bool(request.GET.get("bom")),
    )
    return csv_file(
        audit.export_figures(
            text,
            name="recommendations",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name=f"recommendations-{request.now:%Y-%m-%d}",
    )
