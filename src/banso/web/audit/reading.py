"""Notes who read personal data, once the answer is there."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from banso.web.audit import operations
from banso.webkit.personal import Reading, Way
from banso.webkit.requests import sender_address

# answers that tell nothing beyond why not
_TELLS = frozenset({200, 409, 422})
ASSISTANT = "banso.way"  # set by a program of ours, never by who asks over the network


class PersonalReadMiddleware:
    """Has the audit note each answer of a view that `personal` declares."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note it before the answer leaves."""
        response = self.get_response(request)
        reading: Reading | None = getattr(request, "reading", None)
        if reading is None or not reading.kinds or request.method == "HEAD":
            return response
        if response.status_code in _TELLS:
            reader = operations.Reader(
                way=_way(request),
                by_id=request.user.pk,
                through=getattr(request, "token_name", ""),
                address=sender_address() or "",
            )
            operations.note_read(reading, reader=reader, at=request.now)  # type: ignore[attr-defined]
        return response


def _way(request: HttpRequest) -> Way:
    if ASSISTANT in request.META:
        return Way.ASSISTANT
    return Way.API if request.path.startswith("/api/") else Way.WEB
