"""Asking the API within this process."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Protocol, cast
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIHandler

from banso.client import Refused
from banso.client.transport import JSON, Parameter
from banso.web.audit.reading import ASSISTANT


class Caller(Protocol):
    """Something that asks the API as one user; what a user may not is refused."""

    def ask(self, path: str, asked: Mapping[str, Parameter]) -> JSON:
        """Return what an address says."""

    def tell(self, path: str, body: JSON) -> JSON:
        """Send a body to an address."""


class LocalCaller:
    """Asks the site of this process, by the way that a request over the network goes.

    So there is one place that says what a user may: the API. Django must be ready.
    """

    def __init__(self, token: str, language: str) -> None:
        self._headers = {
            "HTTP_HOST": "localhost",
            "HTTP_AUTHORIZATION": f"Bearer {token}",
            "HTTP_ACCEPT_LANGUAGE": language,
        }
        self._application = WSGIHandler()

    def ask(self, path: str, asked: Mapping[str, Parameter]) -> JSON:
        """Return what an address says."""
        given = {k: v for k, v in asked.items() if v not in (None, "")}
        return self._answer("GET", path, urlencode(given), b"")

    def tell(self, path: str, body: JSON) -> JSON:
        """Send a body to an address."""
        return self._answer("POST", path, "", json.dumps(body).encode())

    def _answer(self, method: str, path: str, query: str, body: bytes) -> JSON:
        status: list[str] = []
        environment = {
            "REQUEST_METHOD": method,
            # a key within a path was written as addresses write it; here it is read
            "PATH_INFO": f"/api/v1/{path}".encode().decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "",
            ASSISTANT: True,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            **self._headers,
        }

        def begin(
            said: str,
            _headers: list[tuple[str, str]],
            _error: object = None,
            /,
        ) -> Callable[[bytes], object]:
            status.append(said)
            return lambda _content: None

        response = self._application(environment, begin)
        try:
            content = b"".join(response)
        finally:
            response.close()
        number = int(status[0].split()[0])
        said = json.loads(content or b"{}") if number != 500 else {}
        if number >= 400:
            raise Refused(
                number,
                str(said.get("code", "unknown")),
                str(said.get("detail", "The site has a fault; see its log.")),
                tuple(said.get("errors", ())),
            )
        return cast("JSON", said)
