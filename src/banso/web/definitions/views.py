"""The pages of the definitions; they are only read here."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banso.web.definitions import (
    metric_page,
    model_page,
    plays_page,
    queries,
    versions_page,
)
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_definitions")
def health(request: StaffRequest) -> HttpResponse:
    """Show the health models in force."""
    page = queries.health_page(request.user)
    return render(request, "definitions/health.html", {"page": page})


@require_safe
@allowed("see_definitions")
def model(request: StaffRequest, key: str) -> HttpResponse:
    """Show one health model, element by element."""
    page = model_page.model_page(key, user=request.user)
    return render(request, "definitions/model.html", {"page": page})


@require_safe
@allowed("see_definitions")
def metrics(request: StaffRequest) -> HttpResponse:
    """Show all metrics by table."""
    show = request.GET.get("show", "")
    page = queries.metrics_page(request.user, show=show)
    return render(request, "definitions/metrics.html", {"page": page, "show": show})


@require_safe
@allowed("see_definitions")
def metric(request: StaffRequest, key: str) -> HttpResponse:
    """Show one metric."""
    page = metric_page.metric_page(key, user=request.user)
    return render(request, "definitions/metric.html", {"page": page})


@require_safe
@allowed("see_definitions")
def plays(request: StaffRequest) -> HttpResponse:
    """Show all plays step by step, and how often customers are contacted."""
    page = plays_page.plays_page(request.user)
    return render(request, "definitions/plays.html", {"page": page})


@require_safe
@allowed("see_definitions")
def versions(request: StaffRequest) -> HttpResponse:
    """Show who changed what."""
    page = versions_page.versions_page(request.user)
    return render(request, "definitions/versions.html", {"page": page})


@require_safe
@allowed("see_definitions")
def version(request: StaffRequest, digest: str) -> HttpResponse:
    """Show the files of one version."""
    page = versions_page.version_page(digest)
    return render(request, "definitions/version.html", {"page": page})
