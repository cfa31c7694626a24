"""Requests to a site: signed with a token, repeated when the site asks for that."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

JSON = Mapping[str, object]
Parameter = str | int | float | bool | None
_AGAIN: Final = frozenset({429, 503})
_LONGEST_WAIT: Final = 65.0


def _opener() -> OpenerDirector:
    """Return what opens addresses of the web alone, and follows none elsewhere.

    A redirect would take the token along to whatever it names.
    """
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        UnknownHandler(),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


_OPENER: Final = _opener()


class Unreachable(Exception):
    """The site does not answer."""


class Refused(Exception):
    """The site refused a request, and says why.

    Parameters
    ----------
    status
        Of HTTP.
    code
        Stable; for programs.
    detail
        In the language that the client asks for.
    errors
        Each fault of the request: ``place``, ``code``, ``detail``.

    """

    def __init__(
        self, status: int, code: str, detail: str, errors: tuple[JSON, ...] = ()
    ) -> None:
        faults = "".join(f"\n  {e.get('place')}: {e.get('detail')}" for e in errors)
        super().__init__(f"{detail} ({status} {code}){faults}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors


@dataclass(frozen=True)
class Transport:
    """Where a site is, and as whom it is asked."""

    url: str
    token: str = field(repr=False)  # never in a notebook's output
    language: str = "en"
    retries: int = 5
    timeout: float = 120.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https"):
            message = f"{self.url!r} is no address: write https://banso.example.com"
            raise ValueError(message)

    def get(self, path: str, parameters: Mapping[str, Parameter]) -> bytes:
        """Return the content of an address below ``/api/v1/``, or of a whole one."""
        given = {k: _said(v) for k, v in parameters.items() if v is not None}
        query = f"?{urlencode(given)}" if given else ""
        return self._content(Request(self._address(path) + query))  # noqa: S310 - http(s)

    def send(self, path: str, body: JSON, *, key: str, method: str = "POST") -> bytes:
        """Send a body; with a key the same is done once however often it is sent."""
        request = Request(  # noqa: S310 - http(s)
            self._address(path), data=json.dumps(body).encode(), method=method
        )
        request.add_header("Content-Type", "application/json")
        if key:
            request.add_header("Idempotency-Key", key)
        return self._content(request)

    def _address(self, path: str) -> str:
        if path.startswith(("http://", "https://")):
            # a page leads on: the host as we know it, whatever a proxy calls it
            parts = urlsplit(path)
            path = f"{parts.path.partition('/api/v1/')[2]}?{parts.query}"
        return f"{self.url.rstrip('/')}/api/v1/{path.lstrip('/')}"

    def _content(self, request: Request) -> bytes:
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Accept-Language", self.language)
        may_repeat = request.get_method() == "GET" or request.has_header(
            "Idempotency-key"
        )
        for attempt in range(self.retries + 1):
            last = attempt == self.retries
            try:
                with _OPENER.open(request, timeout=self.timeout) as answer:
                    content: bytes = answer.read()
                    return content
            except HTTPError as error:
                if error.code not in _AGAIN or last:
                    raise _refusal(error) from None
                self.sleep(_wait(error.headers, attempt))
            except (URLError, HTTPException, OSError) as error:
                if last or not may_repeat:
                    message = f"{self.url} does not answer: {error}"
                    raise Unreachable(message) from error
                self.sleep(min(0.5 * 2**attempt, 10.0))
        raise AssertionError  # the last attempt returns or raises


def _said(value: Parameter) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wait(headers: Message, attempt: int) -> float:
    said = headers.get("Retry-After", "")
    seconds = float(said) if said.isdecimal() else 0.5 * 2**attempt
    return min(seconds, _LONGEST_WAIT)


def _refusal(error: HTTPError) -> Refused:
    try:
        said = json.loads(error.read())
    except ValueError:
        said = {}
    if not isinstance(said, dict) or "code" not in said:
        return Refused(error.code, "unknown", error.reason or "The site refused.")
    return Refused(
        error.code, str(said["code"]), str(said["detail"]), tuple(said["errors"])
    )
