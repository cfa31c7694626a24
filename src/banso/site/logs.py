"""Log lines for people or for machines, without secrets and personal data."""

import json
import logging
import re
import time
import traceback
from contextvars import ContextVar
from typing import Final

from banso.site.tracing import current_ids

# of the request that is being answered; empty outside of one
request_id: ContextVar[str] = ContextVar("request_id", default="")
user_id: ContextVar[int | None] = ContextVar("user_id", default=None)

_HIDDEN: Final = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\bbanso_[\w-]{8,}"), "[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 [secret]"),
    (re.compile(r"(\w+://[^\s:/@]*):[^\s/@]+@"), r"\1:[secret]@"),
    (
        re.compile(
            r"(?i)([\"']?\b[\w-]*(?:password|passwd|secret|token|session|csrf|api_key)"
            r"[\w-]*[\"']?\s*[=:]\s*)[\"']?[^\s\"',;&)}]+"
        ),
        r"\1[secret]",
    ),
)
_KNOWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_STATED: Final = ("method", "route", "status", "ms", "job", "task", "attempt")


def hidden(text: str) -> str:
    """Return a text without e-mail addresses, tokens and passwords."""
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


class LineFormatter(logging.Formatter):
    """One line for people, and what went wrong below it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return hidden(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line; every value that is text is freed of secrets."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """Return the object."""
        found: dict[str, object] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S")
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": hidden(record.getMessage()),
        }
        if request := request_id.get():
            found["request_id"] = request
        if (user := user_id.get()) is not None:
            found["user_id"] = user
        if (ids := current_ids()) is not None:
            found["trace_id"], found["span_id"] = ids
        for name in _STATED:
            if (
                name not in _KNOWN
                and (value := getattr(record, name, None)) is not None
            ):
                found[name] = hidden(value) if isinstance(value, str) else value
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            found["error"] = type(error).__name__
            found["trace"] = hidden("".join(traceback.format_exception(error)))
        return json.dumps(found, ensure_ascii=False, default=str)
