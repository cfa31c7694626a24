"""A worker that is killed in the midst of a job, or told to stop."""

import os
import signal
import subprocess
import sys
import time

import pytest

SETTINGS = """
[company]
name = "Test"
timezone = "Asia/Tokyo"
currency = "JPY"
language = "en"
"""
TASK = """
import time
from pathlib import Path

def call(run):
    log = Path(run.arguments["log"])
    with log.open("a") as file:
        file.write(f"{run.attempt}\\n")
    if len(log.read_text().splitlines()) == 1:
        time.sleep(60)
    with log.open("a") as file:
        file.write("done\\n")
"""
PROGRAM = """
import datetime as dt
import sys
from pathlib import Path
from banso.runs.project import Project
from banso.site import worker
from banso.site.serving import migrate

project = Project.open(Path(sys.argv[1]))
migrate(project)
from banso.web.jobs import operations
from banso.web.jobs.apps import JobsFeature
from banso.webkit.tasks import Task

operations.LEASE = dt.timedelta(seconds=2)
worker.BEAT_SECONDS = 0.5
worker.POLL_SECONDS = 0.1
JobsFeature.tasks = (Task("t.slow", "Slow", "slow_task.call"),)
if sys.argv[2] == "ask":
    operations.enqueue("t.slow", at=dt.datetime.now(dt.UTC),
                       arguments={"log": sys.argv[3]})
worker.work(project, ready=lambda: print("ready", flush=True))
"""


@pytest.fixture
def start(tmp_path):
    (tmp_path / "banso.toml").write_text(SETTINGS)
    (tmp_path / "slow_task.py").write_text(TASK)
    path = os.pathsep.join([*filter(None, sys.path), str(tmp_path)])
    environment = {**os.environ, "PYTHONPATH": path}
    for name in ("DJANGO_SETTINGS_MODULE", "BANSO_PROJECT", "BANSO_DATABASE_URL"):
        environment.pop(name, None)
    started = []

    def begin(what):
        arguments = [str(tmp_path), what, str(tmp_path / "log")]
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", PROGRAM, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_for(log, text, seconds=20.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if log.exists() and log.read_text() == text:
            return
        time.sleep(0.05)
    pytest.fail(f"the log says {log.read_text()!r}")


@pytest.mark.parametrize(
    ("number", "attempt"), [(signal.SIGKILL, 2), (signal.SIGTERM, 1)]
)
def test_job_of_a_worker_that_ends_is_begun_again(start, tmp_path, number, attempt):
    log = tmp_path / "log"
    first = start("ask")
    wait_for(log, "1\n")

    first.send_signal(number)
    begun = time.monotonic()
    assert first.wait(5) == (-9 if number == signal.SIGKILL else 0)
    assert time.monotonic() - begun < 3
    start("work")

    wait_for(log, f"1\n{attempt}\ndone\n")
