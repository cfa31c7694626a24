"""The page of the success funnel."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.success import queries
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_success")
def funnel(request: StaffRequest) -> HttpResponse:
    """Show how many customers succeed, by cohort and over time."""
    asked = request.GET.get("by", "")
    page = queries.success_page(
        period=asked if asked in queries.PERIODS else "quarter",
        language=request.LANGUAGE_CODE or "en",
    )
    return render(request, "success/page.html", {"page": page})
