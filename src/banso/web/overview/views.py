"""The page of the overview."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.overview import queries
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_overview")
def page(request: StaffRequest) -> HttpResponse:
    """Show how the user's customers stand, and which of them moved."""
    overview = queries.overview_for(
        request.user, now=request.now, language=request.LANGUAGE_CODE or "en"
    )
    if overview is None:
        context: dict[str, object] = {"has_facts": queries.has_facts()}
        return render(request, "overview/nothing_yet.html", context)
    return render(request, "overview/page.html", {"overview": overview})
