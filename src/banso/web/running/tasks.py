"""What a worker does so that the numbers stay fresh."""

import datetime as dt
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from banso.kernel.spans import seconds_of
from banso.runs.project import Project
from banso.warehouse.lake import LakeBusy
from banso.web.running import operations, queries
from banso.webkit.tasks import TaskRun, TryLater

_BUSY_SECONDS = 2


def take_in_is_wanted(run: TaskRun) -> bool:
    """Return whether live events wait to be taken in."""
    return queries.collected_waits(_project(), run.memory, at=run.at)


def take_in(run: TaskRun) -> None:
    """Take live events that were accepted into the lake."""
    try:
        operations.take_in(_project(), at=run.at)
    except LakeBusy as error:
        raise TryLater(error.message, seconds=_BUSY_SECONDS) from error
    run.remember(at=run.at.isoformat())


def read_sources_is_wanted(run: TaskRun) -> bool:
    """Return whether it is time to read a source."""
    return queries.a_source_is_due(_project(), at=run.at)


def read_sources(run: TaskRun) -> None:
    """Read the sources whose time has come; what failed stands on the page of data."""

    def progress(step: str, done: int, total: int) -> None:
        run.tell(done, total, step)

    try:
        operations.read_due_sources(_project(), at=run.at, progress=progress)
    except LakeBusy as error:
        raise TryLater(error.message, seconds=_BUSY_SECONDS) from error


def refresh_is_wanted(run: TaskRun) -> bool:
    """Return whether anything changed since the last run, and that one rests."""
    if (ended := run.memory.get("ended")) is not None:
        rest = seconds_of(settings.BANSO_RUN_EVERY) or 0
        since = run.at - dt.datetime.fromisoformat(str(ended))
        if since < dt.timedelta(seconds=rest):
            return False
    return queries.run_is_wanted(
        _project(), run.memory, at=run.at, each_day=_by_clock()
    )


def refresh(run: TaskRun) -> None:
    """Run over what changed, and publish the release."""
    project = _project()
    seen = queries.newest_record()
    new_day = queries.is_new_day(project, run.memory, at=run.at, each_day=_by_clock())
    steps: list[str] = []

    def progress(step: str, done: int, total: int) -> None:
        if step not in steps:
            steps.append(step)
            run.tell(0, 0, step)
        del done, total

    try:
        state = operations.refresh(
            project, at=run.at, new_day=new_day, progress=progress
        )
    except LakeBusy as error:
        raise TryLater(error.message, seconds=_BUSY_SECONDS) from error
    ended = timezone.now()
    run.remember(record=seen, day=state.day.isoformat(), ended=ended.isoformat())
    if state.has_run:
        run.remember(seconds=round((ended - run.at).total_seconds(), 1))


def _by_clock() -> bool:
    """Return whether runs are made at times of the day, and not whenever needed."""
    return seconds_of(settings.BANSO_RUN_EVERY) is None


def _project() -> Project:
    folder = settings.BANSO_PROJECT_FOLDER
    assert isinstance(folder, Path)
    return Project.open(folder)
