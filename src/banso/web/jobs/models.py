"""Jobs, what comes again and again, and the workers that do them."""

from typing import ClassVar

from django.db import models


class State(models.TextChoices):
    """What became of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"  # tried as often as it may be


ALIVE = (State.WAITING, State.RUNNING)


class Job(models.Model):
    """One task to do, or done.

    A worker holds it by a lease that it renews; when the worker dies, the lease runs
    out, and another one begins the job again.
    """

    task = models.CharField(max_length=80)
    lane = models.CharField(max_length=10)
    key = models.CharField(max_length=200)  # not empty: one alive at a time
    arguments = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    made_at = models.DateTimeField()
    run_at = models.DateTimeField()  # not before
    attempts = models.PositiveIntegerField(default=0)
    most_attempts = models.PositiveIntegerField()
    worker = models.CharField(max_length=80, default="")
    lease_until = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)  # the last time
    ended_at = models.DateTimeField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    message = models.CharField(max_length=200, default="")
    error = models.CharField(max_length=500, default="")  # of the last attempt

    class Meta:  # noqa: D106
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(state__in=ALIVE) & ~models.Q(key=""),
                name="one_job_of_a_key",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["lane", "run_at"],
                condition=models.Q(state__in=ALIVE),
                name="jobs_to_do",
            ),
            models.Index(fields=["state", "-ended_at"]),
        ]

    def __str__(self) -> str:
        return self.task


class Schedule(models.Model):
    """When a task is looked at next, and what it remembered."""

    task = models.CharField(max_length=80, primary_key=True)
    every = models.CharField(max_length=80)
    next_at = models.DateTimeField()
    memory = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.task


class Worker(models.Model):
    """A process that does jobs, as long as it is seen."""

    name = models.CharField(max_length=80, primary_key=True)  # host:process
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
