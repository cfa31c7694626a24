"""Kills −9 of runs: the release is a whole one, and the next run completes it."""

import datetime as dt
import os
import random
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lakes import NOW, new_project, put
from slow_company import DAY, FIRST, random_company

from banso.kernel.digests import digest_of_bytes
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.runs.running import run

ROUND = 5  # kills before a run is left to end
_BEGIN = FIRST + dt.timedelta(days=60)


@dataclass
class Outcome:
    """What was seen."""

    kills: int = 0
    ended_first: int = 0  # runs that were done before the kill came
    broken: list[str] = field(default_factory=list)  # releases that were not whole
    unequal: list[str] = field(default_factory=list)  # as-of days
    rounds: int = 0
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether every release was whole and equal to that of an undisturbed run."""
        return not self.broken and not self.unequal


def kill_often(
    folder: Path,
    *,
    kills: int,
    seed: int,
    said: Callable[[int], None] = lambda _kills: None,
) -> Outcome:
    """Run a company day after day, kill the runs, and compare with one left in peace.

    Parameters
    ----------
    folder
        Empty; two projects are made there.
    kills
        How many runs are killed, at moments drawn from the length of a whole one.
    seed
        Of the moments.
    said
        Called after each kill with how many there were.

    """
    draw, outcome = random.Random(seed), Outcome()
    killed, quiet = new_project(folder / "killed"), new_project(folder / "quiet")
    began = time.perf_counter()
    longest = 0.0
    while outcome.kills < kills:
        as_of = _BEGIN + outcome.rounds * DAY
        for project in (killed, quiet):
            put(project, _facts_until(as_of))
        started = time.perf_counter()
        expected = _parts_after(quiet, as_of)
        longest = max(time.perf_counter() - started, 0.2)
        before = _release_id(killed)
        for _kill in range(min(ROUND, kills - outcome.kills)):
            _start_and_kill(killed, as_of, after=draw.uniform(0, longest))
            outcome.kills += 1
            said(outcome.kills)
            if _release_id(killed) != before:
                outcome.ended_first += 1
                before = _release_id(killed)
            outcome.broken += _spoilt_parts(killed)
        if _parts_after(killed, as_of) != expected:
            outcome.unequal.append(as_of.isoformat())
        outcome.broken += _spoilt_parts(killed)
        outcome.rounds += 1
    outcome.seconds = time.perf_counter() - began
    return outcome


def _facts_until(day: dt.date) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    company = random_company(21, late=False)
    events = [
        {key: value for key, value in row.items() if key != "known_at"}
        for row in company.events
        if row["occurred_at"].date() <= day
    ]
    return {
        "customers": [{"customer_id": c, "name": c} for c in "abcd"],
        "subscriptions": company.subscriptions,
        "events": events,
    }


def _start_and_kill(project: Project, as_of: dt.date, *, after: float) -> None:
    # A copy of this process has read every library already: the kill meets the run.
    child = os.fork()
    if child == 0:
        try:
            run(project, as_of=as_of, at=NOW)
        finally:
            os._exit(0)
    until = time.perf_counter() + after
    while time.perf_counter() < until:
        if os.waitpid(child, os.WNOHANG)[0]:
            return  # it ended first
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _parts_after(project: Project, as_of: dt.date) -> list[str]:
    """Return the release of a run in a process of its own: its name and its parts."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            release = run(project, as_of=as_of, at=NOW)
            tables = sorted(release.tables.items())
            digests = [f"{name}:{p.sha256}" for name, parts in tables for p in parts]
            os.write(writer, " ".join([release.release_id, *digests]).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read().decode().split()
    os.waitpid(child, 0)
    assert said, "the run failed"
    return said


def _release_id(project: Project) -> str | None:
    release = lake_of(project).current().release
    return release.release_id if release else None


def _spoilt_parts(project: Project) -> list[str]:
    """Return the parts of the current release that are not what it says."""
    lake = lake_of(project)
    release = lake.current().release
    parts = [part for t in release.tables.values() for part in t] if release else []
    return [
        part.path
        for part in parts
        if digest_of_bytes((lake.folder / part.path).read_bytes()) != part.sha256
    ]
