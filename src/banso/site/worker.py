"""A process that does what waits in the background: a child of `serve`, or alone."""

import datetime as dt
import logging
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from banso.kernel.garbage import look_seldom
from banso.runs.project import Project
from banso.site.configuration import PROJECT
from banso.site.serving import prepare_django
from banso.site.tracing import Spanned, Value, flush, following, spanning
from banso.site.webserver import PARENT, die_with_parent

POLL_SECONDS = 1.0
BEAT_SECONDS = 4.0  # a lease lasts 15
NICENESS = 5  # pages come first

if TYPE_CHECKING:
    from banso.web.jobs.models import Job
    from banso.webkit.tasks import Lane, Task, TaskRun

log = logging.getLogger("banso.worker")


def main() -> None:
    """Work for the project that the environment names, until TERM or the parent's end.

    Started by `banso serve`, which starts it again should it die.
    """
    die_with_parent()
    if str(os.getppid()) != os.environ.get(PARENT):
        return  # the parent died before we asked
    look_seldom()
    work(Project.open(Path(os.environ[PROJECT])))


def work(project: Project, *, ready: Callable[[], None] = lambda: None) -> None:
    """Do jobs until TERM or Ctrl-C; what is unfinished then is given back at once.

    Must be called in the main thread, where signals arrive. The app database must be
    up to date. Does not return: what a thread is in the midst of is left, as by a
    power cut, which every job survives.
    """
    prepare_django(project)
    with suppress(OSError, AttributeError):
        os.nice(NICENESS)
    worker = Worker(f"{socket.gethostname()[:60]}:{os.getpid()}")
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    threads = worker.start(stopping)
    ready()
    while not stopping.wait(POLL_SECONDS):
        if not all(thread.is_alive() for thread in threads):  # a bug; begin anew
            os._exit(70)
    worker.end()
    flush()
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


class Worker:
    """The threads of a worker: one for each lane, one for its heart, one for clocks.

    Parameters
    ----------
    name
        Of this process among all.

    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._held: set[int] = set()
        self._lock = threading.Lock()
        self._started_at = _now()
        self._ending = threading.Event()

    def start(self, stopping: threading.Event) -> list[threading.Thread]:
        """Start the threads; they end soon after `stopping` is set."""
        from banso.webkit.tasks import LANES  # noqa: PLC0415 - after the settings

        self._beat()
        loops: dict[str, tuple[Callable[[], bool], float]] = {
            "heart": (self._beat, BEAT_SECONDS),
            "clock": (self._look_at_schedules, POLL_SECONDS),
            **{lane: (partial(self.do_one, lane), POLL_SECONDS) for lane in LANES},
        }
        threads = [
            threading.Thread(
                target=self._repeat, args=(*loop, stopping), name=name, daemon=True
            )
            for name, loop in loops.items()
        ]
        for thread in threads:
            thread.start()
        return threads

    def do_one(self, lane: "Lane") -> bool:
        """Do one job of a lane, if there is one; whether there was."""
        from banso.web.jobs import operations  # noqa: PLC0415 - after the settings

        job = operations.claim(lane, worker=self.name, at=_now())
        if job is None:
            return False
        with self._lock:
            self._held.add(job.pk)
        try:
            _do(job)
        finally:
            with self._lock:
                self._held.discard(job.pk)
        return True

    def end(self) -> None:
        """Give back what is unfinished, and sign off."""
        from banso.web.jobs import operations  # noqa: PLC0415 - after the settings

        self._ending.set()
        operations.release(self.name, self._holding(), at=_now())
        operations.sign_off(self.name)

    def _holding(self) -> list[int]:
        with self._lock:
            return sorted(self._held)

    def _beat(self) -> bool:
        from banso.web.jobs import operations  # noqa: PLC0415 - after the settings

        if not self._ending.is_set():
            operations.heartbeat(
                self.name, started_at=self._started_at, at=_now(), jobs=self._holding()
            )
        return False

    def _look_at_schedules(self) -> bool:
        from banso.web.jobs import operations  # noqa: PLC0415 - after the settings

        operations.look_at_schedules(at=_now())
        return False

    @staticmethod
    def _repeat(
        step: Callable[[], bool], pause: float, stopping: threading.Event
    ) -> None:
        """Do a step again and again, at once while there is more to do."""
        from django.db import (  # noqa: PLC0415 - after the settings
            Error,
            close_old_connections,
        )

        while not stopping.is_set():
            close_old_connections()
            try:
                if step():
                    continue
            except Error:  # the database is away for a while; the next step tries again
                log.exception("The app database does not answer.")
            stopping.wait(pause)


def _do(job: "Job") -> None:
    """Do a claimed job, and write down what came of it."""
    from banso.web.jobs import operations  # noqa: PLC0415 - after the settings
    from banso.webkit.tasks import TaskRun, find_task  # noqa: PLC0415 - likewise

    task = find_task(job.task)
    if task is None:
        operations.fail(job, "This Banso knows no such task.", at=_now())
        return
    with (
        spanning(f"job {job.task}", "consumer", _of_job(job)) as span,
        following(
            lambda what, done, total: operations.progress(job, done, total, what)
        ) as progress,
    ):
        run = TaskRun(
            at=_now(),
            attempt=job.attempts,
            arguments=job.arguments,
            memory=operations.memory_of(job.task),
            tell=lambda done, total, what: progress(what, done, total),
        )
        _carry_out(task, run, job, span)


def _carry_out(task: "Task", run: "TaskRun", job: "Job", span: Spanned) -> None:
    from banso.web.jobs import operations  # noqa: PLC0415 - after the settings
    from banso.webkit.tasks import TryLater, carry_out  # noqa: PLC0415 - likewise

    stated = {"job": job.pk, "task": job.task, "attempt": job.attempts}
    try:
        carry_out(task, run)
    except TryLater as wait:
        operations.postpone(job, seconds=wait.seconds, at=_now())
        span.state({"banso.job.postponed": True})
    except Exception as error:  # kept with the job, and in the log
        given_up = operations.fail(job, _said(error), at=_now())
        span.fail(type(error).__name__)
        log.error(
            "Job %s of %s failed%s.",
            job.pk,
            job.task,
            " and was given up" if given_up else "",
            exc_info=error,
            extra=stated,
        )
    else:
        operations.finish(job, remembered=run.remembered, at=_now())
        log.info("job done", extra=stated | {"ms": _ms_since(run.at)})


def _of_job(job: "Job") -> dict[str, Value]:
    return {"banso.job": job.pk, "banso.job.attempt": job.attempts}


def _said(error: Exception) -> str:
    """Return an error in one line, which names no more than the log does."""
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]


def _ms_since(begun: dt.datetime) -> int:
    return round((_now() - begun).total_seconds() * 1000)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - the clock of background work


if __name__ == "__main__":
    main()
