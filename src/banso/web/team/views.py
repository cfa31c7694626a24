"""The page of the measures of the team."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.team import queries
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_team")
def page(request: StaffRequest) -> HttpResponse:
    """Show how the team works, as far as the user sees its customers."""
    found = queries.team_page(visible_to=request.user)
    return render(request, "team/page.html", {"page": found})
