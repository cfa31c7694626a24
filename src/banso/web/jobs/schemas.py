"""Background work as programs read it."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.paging import Paged, PageQuery

State = Literal["waiting", "running", "failing", "done", "dead"]


class JobOut(Schema):
    """One thing to be done in the background."""

    job_id: int
    task: Annotated[str, Field(description="running.refresh: computes the numbers.")]
    title: str
    state: Annotated[
        State, Field(description="failing: waits to be tried again; dead: given up.")
    ]
    made_at: dt.datetime
    run_at: Annotated[dt.datetime, Field(description="Not before.")]
    begun_at: dt.datetime | None
    ended_at: dt.datetime | None
    attempts: int
    most_attempts: int
    done: Annotated[int, Field(description="Of `total`; both 0: not counted.")]
    total: int
    message: Annotated[str, Field(description="What it is at.")]
    error: Annotated[str, Field(description="Of the last attempt that failed.")]
    may_be_retried: bool


class JobsQuery(PageQuery):
    """Which jobs."""

    state: Literal["", "waiting", "running", "failing", "done", "dead"] = ""
    task: Annotated[str, Field(max_length=80)] = ""


class JobsPage(Paged[JobOut]):
    """A page of jobs, the newest first."""


class CountsOut(Schema):
    """How many jobs there are."""

    waiting: int
    running: int
    failing: int
    dead: int


class ComingOut(Schema):
    """What comes again and again."""

    title: str
    every: Annotated[str, Field(description="A span (30 s) or a cron line.")]
    next_at: dt.datetime


class WorkerOut(Schema):
    """A worker that was seen just now."""

    name: str
    started_at: dt.datetime
    seen_at: dt.datetime


class BackgroundOut(Schema):
    """How the background work stands."""

    counts: CountsOut
    workers: Annotated[
        list[WorkerOut], Field(description="Empty: nobody does what waits.")
    ]
    coming: list[ComingOut]
