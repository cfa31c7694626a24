"""What the frame adds to each request: the time, the sender and the display."""

import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from banso.webkit.permissions import Staff

LANGUAGES: Final = ("ja", "en")
THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "banso_theme"

get_or_post = require_http_methods(["GET", "HEAD", "POST"])

GetResponse = Callable[[HttpRequest], HttpResponse]

_sender: ContextVar[str | None] = ContextVar("sender", default=None)


class StaffRequest(HttpRequest):
    """A request as views get it: signed in, with its time and its htmx headers."""

    now: dt.datetime
    htmx: HtmxDetails
    theme: str
    if TYPE_CHECKING:
        # features know users by what every feature may know, not by their model
        user: Staff  # type: ignore[assignment]


def sender_address() -> str | None:
    """Return the network address that the request being answered came from."""
    return _sender.get()


def _address(request: HttpRequest) -> str | None:
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.BANSO_BEHIND_PROXY and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()  # what the nearest proxy saw
    return request.META.get("REMOTE_ADDR") or None


class FrameMiddleware:
    """Give each request its time, theme and language, and note where it came from.

    The language is the user's own, else that of the cookie, else the browser's, else
    the company's; the theme is the user's own, else that of the cookie, else the
    browser's ("auto").
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request within its language."""
        # the one clock of the web: views hand it on as `at`
        now = timezone.now()  # noqa: TID251
        request.now = now  # type: ignore[attr-defined]
        request.theme = self._theme(request)  # type: ignore[attr-defined]
        own = getattr(request.user, "language", "")
        language = own or translation.get_language_from_request(request)
        request.LANGUAGE_CODE = language
        token = _sender.set(_address(request))
        try:
            with translation.override(language):
                response = self.get_response(request)
        finally:
            _sender.reset(token)
        response.headers.setdefault("Content-Language", language)
        if not own:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    @staticmethod
    def _theme(request: HttpRequest) -> str:
        theme = getattr(request.user, "theme", "") or request.COOKIES.get(THEME_COOKIE)
        return theme if theme in THEMES else "auto"
