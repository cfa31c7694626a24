"""What a feature does in the background: declared here, carried out by a worker."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from django.utils.module_loading import import_string

from banso.kernel.errors import BansoError
from banso.webkit.features import Text, installed_features

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Lane = Literal["quick", "long"]  # a long one never holds up a quick one
LANES: Final[tuple[Lane, ...]] = ("quick", "long")


class TryLater(BansoError):
    """Let a task wait for something that passes; it counts as no attempt."""

    code = "try_later"

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True)
class Task:
    """One kind of work in the background.

    It may be stopped at any moment and is then begun again, so doing it twice must
    come to the same as doing it once.
    """

    name: str  # feature.what, for ever: jobs that wait are known by it
    title: Text
    # dotted name of what does it: takes a `TaskRun`; imported when it is needed
    call: str
    lane: Lane = "quick"
    attempts: int = 6
    # how often it is looked at: "30 s", "5 min", "1 h", or a cron line in the
    # company's time; or the dotted name of what says so. Empty: only when asked for
    every: str | Callable[[], str] = ""
    # dotted name of what says whether there is anything to do: takes a `TaskRun`
    wanted: str = ""

    def interval(self) -> str:
        """Return how often it is looked at; empty when only asked for."""
        return self.every if isinstance(self.every, str) else self.every()


@dataclass
class TaskRun:
    """One time that a task is done."""

    at: dt.datetime  # when it began
    attempt: int  # the first is 1
    arguments: Mapping[str, Json]
    memory: Mapping[str, Json]  # what the last one that ended well remembered
    tell: Callable[[int, int, str], None]  # done, total, what; for the page
    remembered: dict[str, Json] = field(default_factory=dict)

    def remember(self, **values: Json) -> None:
        """Keep values for the next time, should this one end well."""
        self.remembered |= values


def tasks() -> dict[str, Task]:
    """Return the tasks of all features by name."""
    return {task.name: task for task in _declared()}


def find_task(name: str) -> Task | None:
    """Return a task, or None when an older or newer Banso declared it."""
    return tasks().get(name)


def _declared() -> Iterator[Task]:
    for feature in installed_features():
        for task in feature.tasks:
            assert isinstance(task, Task)
            yield task


def carry_out(task: Task, run: TaskRun) -> None:
    """Do a task once."""
    import_string(task.call)(run)


def is_wanted(task: Task, run: TaskRun) -> bool:
    """Return whether there is anything to do for a task."""
    return not task.wanted or bool(import_string(task.wanted)(run))
