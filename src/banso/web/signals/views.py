"""The pages of signals: all of them, and one with who it is open at."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.signals import queries
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_customers")
def list_signals(request: StaffRequest) -> HttpResponse:
    """Show every signal, at how many customers it is open, and what it was worth."""
    found = queries.signals_page(visible_to=request.user)
    return render(request, "signals/list.html", {"page": found})


@require_safe
@allowed("see_customers")
def signal(request: StaffRequest, key: str) -> HttpResponse:
    """Show one signal: since when and why it is open at whom, and its figures."""
    found = queries.signal_page(key, request.GET, visible_to=request.user)
    return render(request, "signals/signal.html", {"page": found})
