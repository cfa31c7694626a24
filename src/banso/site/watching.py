"""What is noted of each request: its number, how it was answered, how long it took."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from banso.site import logs, metrics
from banso.site.tracing import Spanned, spanning

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[\w.-]{8,64}")
_QUIET = frozenset({"healthz", "readyz", "metrics"})

log = logging.getLogger("banso.requests")


class WatchingMiddleware:
    """Give each request a number, and note how it was answered.

    The log names the route and not the address, which may hold whom it is about.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        given = request.headers.get(HEADER, "")
        number = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        numbered = logs.request_id.set(number)
        known = logs.user_id.set(None)
        begun = time.monotonic()
        try:
            with _spanning(request, number) as span:
                response = self.get_response(request)
                took = time.monotonic() - begun
                logs.user_id.set(getattr(getattr(request, "user", None), "pk", None))
                match = request.resolver_match
                route = (match.view_name if match is not None else "none") or "unnamed"
                self._note(request, response, route, took)
                _state(span, request, route, response.status_code)
        finally:
            logs.request_id.reset(numbered)
            logs.user_id.reset(known)
        response.headers[HEADER] = number
        return response

    @staticmethod
    def _note(
        request: HttpRequest, response: HttpResponse, route: str, took: float
    ) -> None:
        method = _method(request)
        metrics.count_request(method, route, response.status_code, took)
        if route not in _QUIET:
            stated = {
                "method": method,
                "route": route,
                "status": response.status_code,
                "ms": round(took * 1000),
            }
            log.info("request", extra=stated)


def _method(request: HttpRequest) -> str:
    method = request.method or ""
    return method if method in metrics.METHODS else "OTHER"


def _spanning(
    request: HttpRequest, number: str
) -> AbstractContextManager[Spanned | None]:
    """Return the span of a request; those that watch the site have none."""
    if request.path.strip("/") in _QUIET:
        return nullcontext()
    stated = {"http.request.method": _method(request), "banso.request_id": number}
    headers = {name.lower(): value for name, value in request.headers.items()}
    return spanning(_method(request), "server", stated, headers=headers)


def _state(span: Spanned | None, request: HttpRequest, route: str, status: int) -> None:
    if span is None:
        return
    span.call(f"{_method(request)} {route}")
    span.state({"http.route": route, "http.response.status_code": status})
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.fail(str(status))
