"""What people decided of the touch model and the owner of customers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Assignment(models.Model):
    """A decision on one customer; it goes back into the lake as ``assignments``."""

    class Kind(models.TextChoices):
        """How it came about."""

        ACCEPTED = "accepted", _("Proposal accepted")
        OVERRIDE = "override", _("Set by hand")

    customer_id = models.TextField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    touch = models.CharField(max_length=10)  # empty: left as it is
    owner = models.TextField()  # an e-mail in lower case; empty: left as it is
    why = models.TextField()
    assigned_on = models.DateField()  # the first day on which it holds
    until = models.DateField(null=True)  # the last one; null: for good
    release_id = models.TextField()  # that the pages showed when it was decided
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            # of two who accept at once, one does
            models.UniqueConstraint(
                fields=["customer_id", "release_id"],
                condition=models.Q(kind="accepted", ended_at=None),
                name="one_acceptance_per_release",
            )
        ]

    def __str__(self) -> str:
        return self.customer_id
