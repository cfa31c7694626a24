# ruff: noqa: ARG001 - Django calls these by the names of their parameters
"""What a reader sees when a request cannot be answered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form that did not come from one of our pages."""
    return _page(request, 403, template="csrf")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _page(request, 404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429."""
    return _page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; the fault itself is in the log."""
    # without the request: what failed may be what the frame would ask
    context = {"LANGUAGE_CODE": get_language(), "theme": "auto"}
    return render(None, "webkit/errors/500.html", context, status=500)


def _page(request: HttpRequest, status: int, *, template: str = "") -> HttpResponse:
    name = f"webkit/errors/{template or status}.html"
    return render(request, name, status=status)
