"""The page of the audit."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.audit import queries
from banso.web.audit.forms import FilterForm
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_audit")
def entries(request: StaffRequest) -> HttpResponse:
    """Show what was done, the newest first."""
    form = FilterForm(request.GET)
    page = queries.entries_page(form.filters(), cursor=request.GET.get("at", ""))
    return render(request, "audit/entries.html", {"form": form, "page": page})
