"""The page of the model card."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.forecast import queries
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

TARGETS: Final = ("churn", "expansion", "contraction")
DAYS: Final = (90, 180, 365)


@require_safe
@allowed("see_definitions")
def card(request: StaffRequest) -> HttpResponse:
    """Show what the forecasts are made from, and how well they held."""
    target = request.GET.get("target", "")
    asked = request.GET.get("days", "")
    page = queries.forecast_page(
        target if target in TARGETS else TARGETS[0],
        int(asked) if asked in map(str, DAYS) else DAYS[0],
    )
    context = {"page": page, "days": DAYS}
    return render(request, "forecast/card.html", context)
