"""The audit: what was changed, and who read personal data; never edited."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from banso.webkit.personal import Personal, Way


class AuditEntry(models.Model):
    """Somebody did something to something."""

    at = models.DateTimeField()
    by = models.ForeignKey(  # null: the command line, a schedule, or nobody signed in
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=200)
    subject_name = models.CharField(max_length=300)  # as it was called then
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=64, blank=True)

    class Meta:  # noqa: D106
        indexes: ClassVar = [
            models.Index(fields=["action", "-id"]),
            models.Index(fields=["by", "-id"]),
            models.Index(fields=["subject_kind", "subject_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.action} {self.subject_name}"


class PersonalRead(models.Model):
    """Somebody read data of the people at a customer, on one day.

    One row a day for each reader, way, kind of data, customer and network address, with
    how often: a click each would be more rows than anybody reads.
    """

    key = models.CharField(max_length=64, unique=True)  # SHA-256 of what it is one for
    day = models.DateField()  # in the company's time
    by = models.ForeignKey(  # null: the command line
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    through = models.CharField(max_length=100, blank=True)  # a token, or a login name
    way = models.CharField(max_length=8, choices=Way.choices)
    kind = models.CharField(max_length=16, choices=Personal.choices)
    customer = models.ForeignKey(  # null: of many; no constraint: it may go
        "customers.CustomerNow",
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    contact_id = models.CharField(max_length=200, blank=True)  # empty: whoever is there
    table = models.CharField(max_length=100, blank=True)  # when its rows were read
    address = models.CharField(max_length=64, blank=True)
    customers = models.IntegerField(null=True)  # most in one answer; null: not counted
    times = models.IntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:  # noqa: D106
        indexes: ClassVar = [
            models.Index(fields=["day", "id"]),
            models.Index(fields=["customer", "-id"]),
            models.Index(fields=["by", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.way} {self.kind} {self.customer_id}"
