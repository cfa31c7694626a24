"""The real collector process on a port of its own, for tests that send to it."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from banso.runs.project import Project

_ADD_SOURCE = """
import datetime as dt, sys
from pathlib import Path
from banso.runs.project import Project
from banso.site.serving import migrate
migrate(Project.open(Path(sys.argv[1])))
from banso.web.collect import operations
made = operations.add_source(key="app", name="App", limit_per_second=None, by=None,
                             at=dt.datetime.now(dt.UTC))
from banso.site.collecting import Books
Books(Project.open(Path(sys.argv[1]))).exchange()
print(made.write_key)
"""
_TAKE = """
import datetime as dt, os, sys, time
from pathlib import Path
from banso.runs.collecting import take_collected
from banso.runs.project import Project
project = Project.open(Path(sys.argv[1]))
while os.getppid() == int(os.environ["BANSO_SERVED_BY"]):
    take_collected(project, at=dt.datetime.now(dt.UTC))
    time.sleep(0.05)
"""


def environment(project: Project) -> dict[str, str]:
    """Return the environment of a process that works on a project."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DJANGO_SETTINGS_MODULE", "BANSO_DATABASE_URL")
    }
    return {
        **clean,
        "BANSO_PROJECT": str(project.folder),
        "BANSO_SERVED_BY": str(os.getpid()),
        "BANSO_COLLECT_FOLDER": str(project.collect_folder),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


def add_source(project: Project) -> str:
    """Make the app database with one source, and return its write key."""
    return subprocess.run(
        [sys.executable, "-P", "-c", _ADD_SOURCE, str(project.folder)],
        check=True,
        capture_output=True,
        text=True,
        env=environment(project),
    ).stdout.strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A process of its own group, which is ended as a whole and without warning."""

    def __init__(self, project: Project, *arguments: str) -> None:
        self._arguments = [sys.executable, "-P", *arguments]
        self._environment = environment(project)
        self._child: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self._child = subprocess.Popen(
            self._arguments, env=self._environment, start_new_session=True
        )

    def kill(self) -> None:
        assert self._child is not None
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: Any) -> None:
        self.kill()


class Collector(Process):
    """The collector as `banso serve` starts it."""

    def __init__(self, project: Project, port: int) -> None:
        self.port = port
        super().__init__(project, "-m", "banso.site.collector", "127.0.0.1", str(port))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_up(self, seconds: float = 60.0) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._answers():
                return
            time.sleep(0.05)
        message = "the collector does not answer"
        raise AssertionError(message)

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


class Taker(Process):
    """A process that takes in what was collected, again and again."""

    def __init__(self, project: Project) -> None:
        super().__init__(project, "-c", _TAKE, str(project.folder))


def log_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("*.log"))
