"""The pages of the drivers."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.audit import operations as audit
from banso.web.drivers import queries
from banso.web.drivers.forms import ElementForm, YearsForm
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file


@require_safe
@allowed("see_drivers")
def page(request: StaffRequest) -> HttpResponse:
    """Show what goes with leaving: questions, years of use, every element."""
    found = queries.drivers_page(request.GET)
    if found is None:
        nothing = {"has_facts": queries.has_facts()}
        return render(request, "drivers/nothing_yet.html", nothing)
    context = {
        "page": found,
        "years_form": YearsForm.of(found.years),
        "form": ElementForm.of(found.elements),
    }
    return render(request, "drivers/page.html", context)


@require_safe
@allowed("see_drivers")
def question(request: StaffRequest, key: str) -> HttpResponse:
    """Show one question with its curves and tests."""
    found = queries.question_page(key, visible_to=request.user)
    return render(request, "drivers/question.html", {"page": found})


@require_safe
@allowed("see_drivers")
def export(request: StaffRequest) -> HttpResponseBase:
    """Give the table of elements as a file, filtered and sorted as the page is."""
    text = queries.export_elements(request.GET, for_excel=bool(request.GET.get("bom")))
    return csv_file(
        audit.export_figures(
            text,
            name="drivers",
            wanted=request.GET.dict(),
            by=request.user,
            at=request.now,
        ),
        name=f"drivers-{request.now:%Y-%m-%d}",
    )
