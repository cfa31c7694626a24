"""The page of lifetime value."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.lifetime import queries
from banso.web.lifetime.forms import LifetimeForm
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_lifetime")
def page(request: StaffRequest) -> HttpResponse:
    """Show what a customer is worth, by segment, and models beside what came."""
    found = queries.lifetime_page(request.GET, language=request.LANGUAGE_CODE or "en")
    form = LifetimeForm.of_page(found) if found else None
    return render(request, "lifetime/page.html", {"page": found, "form": form})
