"""The audit: one entry for each change and each sign-in, never edited."""

from typing import ClassVar

from django.conf import settings
from django.db import models


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
