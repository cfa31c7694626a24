"""Endpoints that are told, and each event that was or is to be told to one."""

from typing import ClassVar

from django.db import models

from banso.webkit.sealing import SealedField


class Endpoint(models.Model):
    """An address of another program, and which events it wants."""

    url = models.URLField(max_length=500)
    kinds = models.JSONField(default=list)  # of `catalogue.EVENTS`
    # They sign, so they cannot be hashes; empty when the project has another key now.
    secret = SealedField(purpose="banso.webhooks")
    old_secret = SealedField(purpose="banso.webhooks", default="")
    old_until = models.DateTimeField(null=True)  # signs besides until then
    is_on = models.BooleanField(default=True)
    gave_up_at = models.DateTimeField(null=True)  # switched off by itself
    made_at = models.DateTimeField()

    class Meta:  # noqa: D106
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event for one endpoint, written in the transaction of what happened."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event_id = models.CharField(max_length=40)  # the same however often it is sent
    kind = models.CharField(max_length=40)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # of the last answer
    answer = models.CharField(max_length=500, default="")  # its beginning, or a fault

    class Meta:  # noqa: D106
        indexes: ClassVar = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["endpoint", "-id"]),
        ]

    def __str__(self) -> str:
        return self.event_id
