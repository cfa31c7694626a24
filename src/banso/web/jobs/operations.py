"""Asking for jobs, and doing them: what a worker calls."""

import datetime as dt
import random
from collections.abc import Mapping
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.jobs import queries
from banso.web.jobs.models import Job, Schedule, State, Worker
from banso.web.jobs.scheduling import next_time
from banso.webkit.permissions import Staff
from banso.webkit.tasks import Json, Lane, Task, TaskRun, is_wanted, tasks

__all__ = [
    "ask_now",
    "claim",
    "enqueue",
    "fail",
    "finish",
    "forget_old",
    "heartbeat",
    "look_at_schedules",
    "memory_of",
    "postpone",
    "progress",
    "release",
    "retry",
    "sign_off",
]

LEASE: Final = dt.timedelta(seconds=15)
KEPT: Final = {State.DONE: dt.timedelta(days=7), State.DEAD: dt.timedelta(days=90)}
_FIRST_WAIT: Final = 5  # seconds after the first fault; doubled with each
_LONGEST_WAIT: Final = 3600
_ERROR: Final = 500


class JobNotRetried(BansoError):
    """Refuse to begin a job again that is done, under way, or has a successor."""

    code = "job_not_retried"


class TaskUnknown(BansoError):
    """Refuse a job of a task that no feature declares."""

    code = "task_unknown"


@transaction.atomic
def enqueue(
    task: str,
    *,
    at: dt.datetime,
    arguments: Mapping[str, Json] | None = None,
    key: str = "",
    after: dt.datetime | None = None,
) -> Job:
    """Ask for a task to be done, within the caller's transaction.

    Parameters
    ----------
    task
        The name of one that a feature declares.
    at
        The present.
    arguments
        What it is given; no secrets, for administrators see jobs.
    key
        Not empty: while a job of that key waits or runs, that one is returned.
    after
        Not before.

    Raises
    ------
    TaskUnknown
        No feature declares it.

    """
    declared = tasks().get(task)
    if declared is None:
        raise TaskUnknown(f"There is no task {task!r}.", task=task)
    values = {
        "task": task,
        "lane": declared.lane,
        "key": key,
        "arguments": dict(arguments or {}),
        "made_at": at,
        "run_at": after or at,
        "most_attempts": declared.attempts,
    }
    if not key:
        return Job.objects.create(**values)
    # two at once: the constraint lets one in, and the other finds it
    Job.objects.bulk_create([Job(**values)], ignore_conflicts=True)
    found = queries.find_alive(key)
    return found or Job.objects.create(**values)


def claim(lane: Lane, *, worker: str, at: dt.datetime) -> Job | None:
    """Take the next job of a lane that is due, or whose worker is gone."""
    if not _due(lane, at).exists():  # without the lock that a transaction takes
        return None
    while True:
        with transaction.atomic():
            due = _due(lane, at).order_by("run_at", "pk")
            if connection.features.has_select_for_update_skip_locked:
                due = due.select_for_update(skip_locked=True)
            job = due.first()
            if job is None:
                return None
            if job.attempts < job.most_attempts:
                job.state = State.RUNNING
                job.attempts += 1
                job.worker = worker
                job.lease_until = at + LEASE
                job.begun_at = at
                job.done = job.total = 0
                job.message = ""
                job.save()
                return job
            # it ended the worker each time
            job.state, job.ended_at, job.lease_until = State.DEAD, at, None
            job.error = job.error or "The worker died."
            job.save()


def heartbeat(
    worker: str, *, started_at: dt.datetime, at: dt.datetime, jobs: list[int]
) -> None:
    """Say that a worker lives, and renew the leases of what it does."""
    seen = {"seen_at": at, "started_at": started_at}
    Worker.objects.update_or_create(name=worker, defaults=seen)
    held = Job.objects.filter(pk__in=jobs, worker=worker, state=State.RUNNING)
    held.update(lease_until=at + LEASE)


def sign_off(worker: str) -> None:
    """Forget a worker that ends."""
    Worker.objects.filter(name=worker).delete()


def progress(job: Job, done: int, total: int, message: str) -> None:
    """Show how far a job is."""
    values = {"done": done, "total": total, "message": message[:200]}
    _held(job).update(**values)


@transaction.atomic
def finish(job: Job, *, remembered: Mapping[str, Json], at: dt.datetime) -> bool:
    """Close a job that ended well; False when another worker took it over."""
    ended = _held(job).update(
        state=State.DONE, ended_at=at, lease_until=None, error="", message=""
    )
    if ended and remembered:
        schedule, _new = Schedule.objects.get_or_create(
            task=job.task, defaults={"every": "", "next_at": at}
        )
        schedule.memory = {**schedule.memory, **remembered}
        schedule.save(update_fields=["memory"])
    return bool(ended)


def fail(job: Job, error: str, *, at: dt.datetime) -> bool:
    """Let a job wait longer each time it fails, and give it up in the end.

    Returns
    -------
    bool
        Whether it was given up.

    """
    if job.attempts >= job.most_attempts:
        _held(job).update(
            state=State.DEAD, ended_at=at, lease_until=None, error=error[:_ERROR]
        )
        return True
    wait = min(_FIRST_WAIT * 2 ** (job.attempts - 1), _LONGEST_WAIT)
    wait *= random.uniform(1, 1.25)  # noqa: S311 - so that not all come at once
    later = at + dt.timedelta(seconds=wait)
    _held(job).update(
        state=State.WAITING, run_at=later, lease_until=None, error=error[:_ERROR]
    )
    return False


def postpone(job: Job, *, seconds: int, at: dt.datetime) -> None:
    """Let a job wait for something that passes; it counts as no attempt."""
    _held(job).update(
        state=State.WAITING,
        run_at=at + dt.timedelta(seconds=seconds),
        lease_until=None,
        attempts=F("attempts") - 1,
    )


def release(worker: str, jobs: list[int], *, at: dt.datetime) -> None:
    """Give back what a worker that is told to stop has not ended."""
    held = Job.objects.filter(pk__in=jobs, worker=worker, state=State.RUNNING)
    held.update(
        state=State.WAITING, run_at=at, lease_until=None, attempts=F("attempts") - 1
    )


@transaction.atomic
def ask_now(task: str, *, by: Staff, at: dt.datetime) -> Job:
    """Let a task that comes again and again be done now.

    One that waits begins at once; one that runs is returned as it is.

    Raises
    ------
    TaskUnknown
        No feature declares it.

    """
    job = enqueue(task, at=at, key=_key_of(task))
    waiting = Job.objects.filter(pk=job.pk, state=State.WAITING, run_at__gt=at)
    if waiting.update(run_at=at):
        job.refresh_from_db()
    subject = audit.Subject("job", str(job.pk), job.task)
    audit.record("job_asked_for", subject=subject, by=by, at=at)
    return job


@transaction.atomic
def retry(job_id: int, *, by: Staff, at: dt.datetime) -> Job:
    """Let a job that failed begin at once.

    Raises
    ------
    JobNotRetried
        It is done or under way, or a newer one of its key is alive.

    """
    jobs = Job.objects.filter(pk=job_id)
    if connection.features.has_select_for_update:
        jobs = jobs.select_for_update()
    job = jobs.first()
    if job is None or not queries.row_of(job).may_be_retried:
        raise JobNotRetried("It is done or under way.", job=job_id)
    alive = queries.find_alive(job.key) if job.key else None
    if alive is not None and alive.pk != job.pk:
        raise JobNotRetried("A newer one takes its place.", job=job_id)
    job.state, job.run_at, job.attempts, job.ended_at = State.WAITING, at, 0, None
    job.save()
    subject = audit.Subject("job", str(job.pk), job.task)
    audit.record("job_retried", subject=subject, by=by, at=at)
    return job


def memory_of(task: str) -> Mapping[str, Json]:
    """Return what the last job of a task that ended well remembered."""
    schedule = Schedule.objects.filter(task=task).first()
    return schedule.memory if schedule else {}


def look_at_schedules(*, at: dt.datetime) -> int:
    """Ask for what comes again and again and is due; return how many jobs were made.

    Any number of workers may do it: each time of a schedule is taken by one of them.
    """
    known = {each.task: each for each in Schedule.objects.all()}
    made = 0
    for task in tasks().values():
        every = task.interval()
        schedule = known.get(task.name)
        if schedule is None or schedule.every != every:
            if every or schedule is not None:
                _plan(task, every, at)
            continue
        if every and schedule.next_at <= at and _take_turn(schedule, every, at):
            made += _ask_for(task, schedule, at)
    return made


def forget_old(run: TaskRun) -> None:
    """Delete jobs that ended long ago, and workers that were not seen for a day."""
    for state, kept in KEPT.items():
        Job.objects.filter(state=state, ended_at__lt=run.at - kept).delete()
    Worker.objects.filter(seen_at__lt=run.at - dt.timedelta(days=1)).delete()


def _plan(task: Task, every: str, at: dt.datetime) -> None:
    """Note when a task is looked at for the first time."""
    values = {"every": every, "next_at": next_time(every, at) if every else at}
    Schedule.objects.update_or_create(task=task.name, defaults=values)


def _take_turn(schedule: Schedule, every: str, at: dt.datetime) -> bool:
    mine = Schedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at)
    return bool(mine.update(next_at=next_time(every, at)))


def _ask_for(task: Task, schedule: Schedule, at: dt.datetime) -> bool:
    key = _key_of(task.name)
    if queries.find_alive(key):
        return False
    look = TaskRun(at, 0, {}, schedule.memory, lambda *_told: None)
    if not is_wanted(task, look):
        return False
    enqueue(task.name, at=at, key=key)
    return True


def _key_of(task: str) -> str:
    return f"every:{task}"


def _due(lane: Lane, at: dt.datetime) -> QuerySet[Job]:
    is_due = Q(state=State.WAITING, run_at__lte=at)
    is_left = Q(state=State.RUNNING, lease_until__lt=at)
    return Job.objects.filter(is_due | is_left, lane=lane)


def _held(job: Job) -> QuerySet[Job]:
    """Return the job as long as this attempt at it holds it."""
    return Job.objects.filter(
        pk=job.pk, worker=job.worker, attempts=job.attempts, state=State.RUNNING
    )
