"""What is noted of each request: its number, how it was answered, how long it took."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from banso.site import logs, metrics

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
            response = self.get_response(request)
            took = time.monotonic() - begun
            logs.user_id.set(getattr(getattr(request, "user", None), "pk", None))
            match = request.resolver_match
            route = match.view_name if match is not None else "none"
            self._note(request, response, route or "unnamed", took)
        finally:
            logs.request_id.reset(numbered)
            logs.user_id.reset(known)
        response.headers[HEADER] = number
        return response

    @staticmethod
    def _note(
        request: HttpRequest, response: HttpResponse, route: str, took: float
    ) -> None:
        method = request.method if request.method in metrics.METHODS else "OTHER"
        metrics.count_request(method or "OTHER", route, response.status_code, took)
        if route not in _QUIET:
            stated = {
                "method": method,
                "route": route,
                "status": response.status_code,
                "ms": round(took * 1000),
            }
            log.info("request", extra=stated)
