"""`serve`: starts, answers, stops, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from banso.runs.project import Project
from banso.site.serving import AddressUnusable, PortTaken, serve
from banso.site.webserver import server_of

PROGRAM = """
import sys
from pathlib import Path
from banso.runs.project import Project
from banso.site.serving import Processes, serve
serve(Project.open(Path(sys.argv[1])), port=int(sys.argv[2]), processes=Processes(2),
      ready=lambda address: print(address, flush=True))
print("ended", flush=True)
"""
SETTINGS = """
[company]
name = "Test"
timezone = "Asia/Tokyo"
currency = "JPY"
language = "en"
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "banso.toml").write_text(SETTINGS)
    # a script of the user's that bears the name of a package
    (tmp_path / "attr.py").write_text("raise AssertionError('imported')")
    (tmp_path / "secrets.py").write_text("raise AssertionError('imported')")
    return tmp_path


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(project, port):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    for name in ("DJANGO_SETTINGS_MODULE", "BANSO_PROJECT", "BANSO_DATABASE_URL"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", PROGRAM, str(project), str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=project,
    )
    assert process.stdout.readline() == f"http://127.0.0.1:{port}/\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def get(port: int, path: str, **headers: str):
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()


def web_servers(port: int) -> list[int]:
    """Return the processes whose command line serves that port."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"banso.site.webserver" in words and str(port).encode() in words:
            found.append(int(path.parent.name))
    return found


def wait_until_gone(port: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not web_servers(port):
            return True
        time.sleep(0.05)
    return False


def children_of(parent: int, processes: list[int]) -> list[int]:
    def parent_of(process: int) -> int:
        stat = Path(f"/proc/{process}/stat").read_text()
        return int(stat.rpartition(")")[2].split()[1])

    return [each for each in processes if parent_of(each) == parent]


def wait_until_answered(port: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            page, _body = get(port, "/healthz", Host="localhost")
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return page.status == 200
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_pages_and_files_then_stops_cleanly(served, port, project, number):
    page, body = get(port, "/sign-in", **{"Accept-Language": "en"})
    style, css = get(port, "/static/webkit/banso.css")
    begun = time.monotonic()
    served.send_signal(number)
    output, _errors = served.communicate(timeout=10)

    assert (page.status, style.status) == (200, 200)
    assert b"<h1>Sign in</h1>" in body
    assert b"--accent" in css
    assert (served.returncode, output) == (0, "ended\n")
    assert time.monotonic() - begun < 5
    assert web_servers(port) == []


def test_pages_are_compressed(served, port):
    page, body = get(port, "/sign-in", **{"Accept-Encoding": "gzip"})

    assert page.headers["Content-Encoding"] == "gzip"
    assert body[:2] == b"\x1f\x8b"


def test_secret_and_database_are_in_the_private_folder(served, project):
    secret = project / ".banso" / "secret_key"

    assert secret.stat().st_mode & 0o777 == 0o600
    assert (project / ".banso" / "app.sqlite3").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_kill_of_the_parent_leaves_no_orphan(served, port):
    assert web_servers(port)

    served.kill()
    served.wait()

    assert wait_until_gone(port, 5)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes in /proc")
def test_a_worker_that_dies_is_replaced(served, port):
    supervisor = children_of(served.pid, web_servers(port))
    workers = children_of(supervisor[0], web_servers(port))

    for each in workers:  # all of them, so that nobody else can answer
        os.kill(each, signal.SIGSEGV)

    assert wait_until_answered(port, 30)
    assert served.poll() is None
    assert children_of(supervisor[0], web_servers(port)) != workers


def test_threads_stay_for_good():
    server = server_of("127.0.0.1", 0, 1)

    for hook in server.hooks_startup:
        hook()

    assert server.blocking_threads_idle_timeout > 365 * 86_400


def test_taken_port_is_refused_with_a_hint(project, port):
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortTaken) as refusal:
        serve(Project.open(project), port=port)

    assert refusal.value.message == f"Port {port} is taken."
    assert str(port + 1) in refusal.value.hint


def test_address_of_another_machine_is_refused(project, port):
    with pytest.raises(AddressUnusable):
        serve(Project.open(project), host="192.0.2.1", port=port)
