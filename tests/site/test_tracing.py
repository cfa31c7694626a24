"""Traces reach who takes OTLP: requests, jobs and commands, naming nobody."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from banso.site import tracing

SETTINGS = """
[company]
name = "Test"
timezone = "Asia/Tokyo"
currency = "JPY"
language = "en"
"""
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
# Answers two requests, one of them of those that watch, then does two jobs.
WORK = """
import datetime as dt
import sys
from pathlib import Path
from banso.runs.project import Project
from banso.site.serving import migrate
project = Project.open(Path(sys.argv[1]))
migrate(project)
from django.test import Client
from banso.site.worker import Worker
from banso.web.jobs import operations
from banso.web.jobs.apps import JobsFeature
from banso.webkit.tasks import Task

visitor = Client(headers={"host": "localhost"})
visitor.get("/healthz")
visitor.get("/sign-in?next=/customers/acme", headers={"traceparent": sys.argv[2]})

JobsFeature.tasks = (
    Task("t.good", "Good", "traced_tasks.good"),
    Task("t.bad", "Bad", "traced_tasks.bad"),
)
worker = Worker("w")
for name in ("t.good", "t.bad"):
    operations.enqueue(name, at=dt.datetime.now(dt.UTC))
    while worker.do_one("quick"):
        pass
"""
TASKS = """
import logging

def good(run):
    for step in ("read", "write"):
        run.tell(0, 2, step)
        logging.getLogger("banso.tests").warning("at %s", step)
        run.tell(2, 2, step)

def bad(run):
    raise ValueError("hanako@example.com is unknown")
"""


@dataclass
class Receiver:
    """Takes spans as a collector of OpenTelemetry does."""

    address: str
    spans: list[Span] = field(default_factory=list)
    services: set[str] = field(default_factory=set)
    content: bytes = b""

    def named(self, name: str) -> Span:
        (found,) = (each for each in self.spans if each.name == name)
        return found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            received.content += content
            sent = ExportTraceServiceRequest.FromString(content)
            for resource in sent.resource_spans:
                received.services.update(
                    each.value.string_value
                    for each in resource.resource.attributes
                    if each.key == "service.name"
                )
                for scope in resource.scope_spans:
                    received.spans.extend(scope.spans)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield received
    server.shutdown()
    thread.join()
    server.server_close()


def program(
    *arguments: object, folder: Path, endpoint: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), str(folder)]),
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        **environ,
    }
    for name in ("DJANGO_SETTINGS_MODULE", "BANSO_PROJECT", "BANSO_DATABASE_URL"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "banso.toml").write_text(SETTINGS)
    (tmp_path / "traced_tasks.py").write_text(TASKS)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "customers.csv").write_text("customer_id,name\nc1,Acme\n")
    return tmp_path


def stated(span: Span) -> dict[str, object]:
    return {
        each.key: getattr(each.value, str(each.value.WhichOneof("value")))
        for each in span.attributes
    }


def test_requests_and_jobs_are_spans_that_name_nobody(
    project: Path, receiver: Receiver
) -> None:
    asker = f"00-{TRACE}-00f067aa0ba902b7-01"

    ran = program(
        "-c",
        WORK,
        project,
        asker,
        folder=project,
        endpoint=receiver.address,
        BANSO_LOG="json",
    )

    assert ran.returncode == 0, ran.stderr
    page = receiver.named("GET account_login")
    assert page.trace_id.hex() == TRACE
    assert page.kind == Span.SPAN_KIND_SERVER
    assert stated(page) | {"banso.request_id": ""} == {
        "http.request.method": "GET",
        "http.route": "account_login",
        "http.response.status_code": 200,
        "banso.request_id": "",
    }
    good, bad = receiver.named("job t.good"), receiver.named("job t.bad")
    steps = [receiver.named("read"), receiver.named("write")]
    assert [step.parent_span_id for step in steps] == [good.span_id] * 2
    assert steps[0].end_time_unix_nano <= steps[1].start_time_unix_nano
    assert bad.status.code == bad.status.STATUS_CODE_ERROR
    assert stated(bad)["error.type"] == "ValueError"
    assert {span.name for span in receiver.spans} == {
        *("GET account_login", "job t.good", "job t.bad", "read", "write")
    }
    assert receiver.services == {"banso"}
    assert b"hanako" not in receiver.content
    assert b"acme" not in receiver.content
    assert good.trace_id.hex() in ran.stderr


def test_a_command_is_a_span_with_its_steps(project: Path, receiver: Receiver) -> None:
    ran = program(
        *("-m", "banso.cli.main", "load", project / "files", "--project", project),
        folder=project,
        endpoint=receiver.address,
        OTEL_SERVICE_NAME="cs",
    )

    assert ran.returncode == 0, ran.stderr
    command = next(span for span in receiver.spans if not span.parent_span_id)
    assert command.name == "banso load"
    assert receiver.services == {"cs"}
    below = {s.parent_span_id for s in receiver.spans if s.parent_span_id}
    assert below == {command.span_id}


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    tracing._provider.cache_clear()
    yield
    provider = tracing._provider(os.getpid())
    if provider is not None:
        provider.shutdown()
    tracing._provider.cache_clear()


@pytest.mark.usefixtures("asked_for")
def test_work_ends_although_nobody_takes_its_traces(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with tracing.spanning("work") as span:
        span.state({"size": 1})
        assert tracing.current_ids() is not None

    tracing.flush()

    assert "Failed to export" in caplog.text


@pytest.mark.usefixtures("asked_for")
def test_a_missing_package_is_named_and_work_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with tracing.spanning("work") as span:
        span.fail("ValueError")

    assert tracing.current_ids() is None
    assert caplog.text.count("pip install 'banso[otel]'") == 1
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("name", "value"), [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")]
)
@pytest.mark.usefixtures("asked_for")
def test_traces_can_be_switched_off(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with tracing.spanning("work"):
        assert tracing.current_ids() is None
