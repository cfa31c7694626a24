"""Spans of requests, jobs and runs for OpenTelemetry, when the environment asks."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Literal, Protocol

from banso.kernel.progress import Progress

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span as _Span

# Any of them turns tracing on; the rest is read by OpenTelemetry itself.
ENDPOINTS: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
)
_DISABLED: Final = "OTEL_SDK_DISABLED"
_EXPORTER: Final = "OTEL_TRACES_EXPORTER"
_NAME: Final = "OTEL_SERVICE_NAME"
_PARENTS: Final = ("traceparent", "tracestate")  # headers of W3C Trace Context
_TIMEOUTS: Final = (
    "OTEL_EXPORTER_OTLP_TIMEOUT",
    "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
)
_PATIENCE: Final = 2  # seconds, trying again included: who ends does not wait longer

Kind = Literal["server", "consumer", "internal"]
Value = str | int | float | bool

log = logging.getLogger("banso.tracing")


class Spanned(Protocol):
    """A piece of work that somebody may be watching."""

    def call(self, name: str) -> None:
        """Give the work its name, when that is known later."""

    def state(self, stated: Mapping[str, Value]) -> None:
        """Say more of the work; never whom it is about."""

    def fail(self, why: str) -> None:
        """Note that the work failed: by the name of an error, not its words."""


def is_asked_for() -> bool:
    """Return whether the environment names who takes traces."""
    if os.environ.get(_DISABLED, "").lower() == "true":
        return False
    if os.environ.get(_EXPORTER, "otlp") != "otlp":
        return False
    return any(os.environ.get(name) for name in ENDPOINTS)


@contextmanager
def spanning(
    name: str,
    kind: Kind = "internal",
    stated: Mapping[str, Value] | None = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Spanned]:
    """Let the work within be one span, below the one that surrounds it.

    Parameters
    ----------
    name
        Of the kind of work; few different ones.
    kind
        Whether it answers somebody, does what was queued, or neither.
    stated
        What is known of it, by the names of OpenTelemetry where there are some.
    headers
        Of a request: they may name the span of who asked.

    """
    if not is_asked_for() or (provider := _provider(os.getpid())) is None:
        yield _NOBODY
        return
    from opentelemetry import trace  # noqa: PLC0415 - an extra
    from opentelemetry.propagate import extract  # noqa: PLC0415 - likewise

    kinds = {
        "server": trace.SpanKind.SERVER,
        "consumer": trace.SpanKind.CONSUMER,
        "internal": trace.SpanKind.INTERNAL,
    }
    given = {n: headers[n] for n in _PARENTS if headers and n in headers}
    with provider.get_tracer("banso").start_as_current_span(
        name,
        context=extract(given) if given else None,
        kind=kinds[kind],
        attributes=dict(stated or {}),
        # the words of an error may name somebody
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        watched = _Watched(span)
        try:
            yield watched
        except BaseException as error:
            watched.fail(type(error).__name__)
            raise


@contextmanager
def following(progress: Progress) -> Iterator[Progress]:
    """Give a progress that also makes each step one span."""
    with ExitStack() as last:
        step_now = ""

        def note(step: str, done: int, total: int) -> None:
            nonlocal step_now
            progress(step, done, total)
            if step != step_now:
                last.close()
                last.enter_context(spanning(step))
                step_now = step

        yield note


def current_ids() -> tuple[str, str] | None:
    """Return the trace and the span that the work is in, in hexadecimal."""
    if not is_asked_for() or _provider(os.getpid()) is None:
        return None
    from opentelemetry import trace  # noqa: PLC0415 - an extra

    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"{context.trace_id:032x}", f"{context.span_id:016x}"


def flush() -> None:
    """Send what waits, before a process ends without cleaning up."""
    if is_asked_for() and (provider := _provider(os.getpid())) is not None:
        provider.force_flush()


@lru_cache(maxsize=1)
def _provider(_process: int) -> "TracerProvider | None":
    """Return what makes spans in this process; its thread does not survive a fork."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - likewise
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - likewise
        from opentelemetry.sdk.trace.export import (  # noqa: PLC0415 - likewise
            BatchSpanProcessor,
        )
    except ImportError:
        log.warning(
            "Traces are asked for, and OpenTelemetry is not there:"
            " pip install 'banso[otel]'."
        )
        return None
    named = {} if os.environ.get(_NAME) else {"service.name": "banso"}
    resource = Resource.create({**named, "service.version": version("banso")})
    provider = TracerProvider(resource=resource)
    is_set = any(os.environ.get(name) for name in _TIMEOUTS)
    exporter = OTLPSpanExporter(timeout=None if is_set else _PATIENCE)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


class _Watched:
    """A piece of work with a span."""

    def __init__(self, span: "_Span") -> None:
        self._span = span

    def call(self, name: str) -> None:
        self._span.update_name(name)

    def state(self, stated: Mapping[str, Value]) -> None:
        self._span.set_attributes(dict(stated))

    def fail(self, why: str) -> None:
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 - an extra

        self._span.set_status(StatusCode.ERROR)
        self._span.set_attribute("error.type", why)


class _Nobody:
    """A piece of work that nobody watches."""

    def call(self, name: str) -> None:
        """Do nothing."""

    def state(self, stated: Mapping[str, Value]) -> None:
        """Do nothing."""

    def fail(self, why: str) -> None:
        """Do nothing."""


_NOBODY: Final = _Nobody()
