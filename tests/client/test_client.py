"""The client against a site that is served."""

import datetime as dt
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest

from banso.client import Client, Refused, Unreachable
from banso.client.transport import Transport


def banso(*arguments: str, folder: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "BANSO_PROJECT"}
    done = subprocess.run(
        [sys.executable, "-m", "banso.cli.main", *arguments],
        cwd=folder, env={**environment, "BANSO_LANG": "en"}, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve a project; return its address and a token that may write."""
    folder = tmp_path_factory.mktemp("served")
    banso("init", "co", "--name", "T", folder=folder)
    project = ("--project", "co")
    banso("user", "add", "aoi@example.com", "--role", "ops", *project, folder=folder)
    told = banso("token", "add", "aoi@example.com", "--scope", "write", *project,
                 folder=folder)  # fmt: skip
    found = re.search(r"banso_[\w-]{40,}", told)
    assert found is not None
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if k != "BANSO_PROJECT"}
    server = subprocess.Popen(
        [sys.executable, "-m", "banso.cli.main", "serve", *project,
         "--port", str(port)],
        cwd=folder, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        assert "127.0.0.1" in server.stdout.readline()
        yield f"http://127.0.0.1:{port}", found[0]
    finally:
        server.terminate()
        server.wait(20)
        assert server.stdout is not None
        server.stdout.close()


def test_rows_go_in_and_come_out_with_their_types(site):
    client = Client(*site)
    rows = pd.DataFrame(
        {
            "customer_id": ["C1", "C2", "C3"],
            "name": ["青空商事", None, "Left Ltd"],
            "founded": [dt.date(2020, 1, 2), None, None],
        }
    )

    faults = client.upsert("customers", rows)
    contract = {
        "subscription_id": "S1", "customer_id": "C1", "started_on": "2026-01-01",
        "mrr": "1234567.89", "currency": "JPY",
    }  # fmt: skip
    client.upsert("subscriptions", [contract])
    customers = client.table("customers").to_pandas()
    contracts = client.table("subscriptions").to_pylist()

    assert faults[["row", "column", "reason"]].values.tolist() == [
        [1, "name", "missing_value"]
    ]
    assert sorted(customers["customer_id"]) == ["C1", "C3"]
    assert str(contracts[0]["mrr"]) == "1234567.8900"
    assert contracts[0]["started_on"] == dt.date(2026, 1, 1)
    assert set(client.tables()["name"]) >= {"customers", "subscriptions"}


def test_refusals_say_why_in_the_language_asked_for(site):
    url, token = site

    with pytest.raises(Refused) as wrong:
        Client(url, token, language="ja").customers(statuss="all")
    with pytest.raises(Refused) as unknown:
        Client(url, "banso_nothing").customers()
    with pytest.raises(Refused) as nothing:
        Client(url, token).table("nothing")

    assert wrong.value.code == "request_invalid"
    assert "もしかして status" in str(wrong.value)
    assert (unknown.value.status, unknown.value.code) == (401, "token_refused")
    assert nothing.value.status == 404
    assert token not in repr(Client(url, token)) + repr(Client(url, token).transport)


def test_nothing_is_there_before_a_run(site):
    client = Client(*site)

    assert client.customers().empty
    assert client.cards(whose="all").empty
    assert list(client.items("entries")) == []


class Busy(BaseHTTPRequestHandler):
    """Answers as a site does that is asked too often, then that loads, then well."""

    answers: ClassVar = [(429, "7"), (503, "5"), (503, None), (200, None)]
    keys: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.append(self.headers.get("Idempotency-Key"))
        status, wait = self.answers[len(self.keys) - 1]
        self.send_response(status)
        if wait:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(b'{"done": true}')

    def log_message(self, *_arguments: object) -> None:
        pass


def test_busy_site_is_asked_again_with_the_same_key_as_late_as_it_says():
    waited: list[float] = []
    server = HTTPServer(("127.0.0.1", 0), Busy)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        client = Client(f"http://127.0.0.1:{server.server_port}", "t")
        client.transport = replace(client.transport, sleep=waited.append)
        done = client.write("anything", a=1)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert done == {"done": True}
    assert waited == [7.0, 5.0, 2.0]
    assert len(set(Busy.keys)) == 1


def test_site_that_is_not_there_is_said():
    waited: list[float] = []
    transport = Transport(f"http://127.0.0.1:{free_port()}", "t", sleep=waited.append)

    with pytest.raises(Unreachable, match="does not answer"):
        transport.get("customers", {})
    with pytest.raises(ValueError, match="no address"):
        Client("banso.example.com", "t")

    assert len(waited) == 5


def test_token_goes_nowhere_else():
    asked = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{port}/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with pytest.raises(Refused) as refusal:
            Transport(f"http://127.0.0.1:{port}", "t", retries=0).get("customers", {})
        server.shutdown()
        thread.join()

    assert refusal.value.status == 302
    assert [path.split("?")[0] for path in asked] == ["/api/v1/customers"]
