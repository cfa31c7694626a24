"""Reading jobs."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q
from django.http import Http404

from banso.web.jobs.models import ALIVE, Job, Schedule, State, Worker
from banso.webkit.features import Text
from banso.webkit.paging import PAGE_SIZE, Order, Page, page_of
from banso.webkit.tasks import LANES, find_task

SEEN: Final = dt.timedelta(seconds=45)  # a worker that lives is seen every few seconds
NEWEST_FIRST = Order("pk", descending=True)


@dataclass(frozen=True)
class Row:
    """A job as people see it."""

    job: Job
    title: Text

    @property
    def state(self) -> str:
        """What is to be said of it: a job that waits again after a fault is failing."""
        job = self.job
        if job.state == State.WAITING and job.error:
            return "failing"
        return str(job.state)

    @property
    def may_be_retried(self) -> bool:
        """Whether somebody may let it begin at once."""
        return self.state in ("failing", "dead")


@dataclass(frozen=True)
class Coming:
    """What comes again and again."""

    title: Text
    every: str
    next_at: dt.datetime


@dataclass(frozen=True)
class Counts:
    """How many jobs there are, by what became of them."""

    waiting: int
    running: int
    failing: int
    dead: int


def jobs_page(
    *, state: str = "", task: str = "", cursor: str = "", size: int = PAGE_SIZE
) -> Page[Row]:
    """Return one page of jobs, the newest first; those of a state or task, or all."""
    jobs = Job.objects.filter(task=task) if task else Job.objects.all()
    if state == "failing":
        jobs = jobs.filter(state=State.WAITING).exclude(error="")
    elif state == State.WAITING:
        jobs = jobs.filter(state=State.WAITING, error="")
    elif state:
        jobs = jobs.filter(state=state)
    page = page_of(jobs, NEWEST_FIRST, cursor=cursor, size=size)
    return Page([row_of(job) for job in page.rows], page.previous, page.next)


def row_of(job: Job) -> Row:
    """Return a job with its title; a task that is gone is called by its name."""
    task = find_task(job.task)
    return Row(job, task.title if task else job.task)


def told(row: Row) -> Mapping[str, object]:
    """Return a job as values, for programs; not what it was given to work on."""
    job = row.job
    plain = {name: getattr(job, name) for name in _TOLD}
    return {
        **plain,
        "job_id": job.pk,
        "title": str(row.title),
        "state": row.state,
        "may_be_retried": row.may_be_retried,
    }


_TOLD: Final = (
    "task", "made_at", "run_at", "begun_at", "ended_at", "attempts", "most_attempts",
    "done", "total", "message", "error",
)  # fmt: skip


def counts() -> Counts:
    """Count the jobs that wait, run, fail or are given up."""
    failing = Q(state=State.WAITING) & ~Q(error="")
    found = Job.objects.aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING, error="")),
        running=Count("pk", filter=Q(state=State.RUNNING)),
        failing=Count("pk", filter=failing),
        dead=Count("pk", filter=Q(state=State.DEAD)),
    )
    return Counts(**found)


def coming() -> Sequence[Coming]:
    """Return what comes again and again, the next first."""
    found = [
        (find_task(each.task), each) for each in Schedule.objects.order_by("next_at")
    ]
    return [
        Coming(task.title, each.every, each.next_at)
        for task, each in found
        if task is not None and each.every
    ]


def live_workers(*, at: dt.datetime) -> Sequence[Worker]:
    """Return the workers that were seen just now."""
    seen = Worker.objects.filter(seen_at__gt=at - SEEN)
    return list(seen.order_by("started_at"))


def oldest_due(*, at: dt.datetime) -> dt.datetime | None:
    """Return since when the job waits that waits longest, of those that may begin."""
    due = Job.objects.filter(state=State.WAITING, lane__in=LANES, run_at__lte=at)
    return due.order_by("run_at").values_list("run_at", flat=True).first()


def get_job(job_id: int) -> Job:
    """Return a job, or 404."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise Http404
    return job


def find_alive(key: str) -> Job | None:
    """Return the job of a key that waits or runs."""
    return Job.objects.filter(key=key, state__in=ALIVE).first()
