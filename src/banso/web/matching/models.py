"""Pairs of customers that may be one, and what people decided of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    """What became of a pair."""

    OPEN = "open", _("To decide")
    SAME = "same", _("One customer")
    DIFFERENT = "different", _("Two customers")


class MatchPair(models.Model):
    """Two customers that may be one; `one` sorts before `other`."""

    one = models.TextField()
    other = models.TextField(db_index=True)
    one_name = models.TextField()  # as they were when the pair was found last
    other_name = models.TextField()
    score = models.PositiveSmallIntegerField()  # sum of the points, at most 100
    reasons = models.JSONField(default=list)  # ground, what, points
    verdict = models.CharField(
        max_length=10, choices=Verdict.choices, default=Verdict.OPEN
    )
    kept = models.TextField(blank=True)  # the one that stays; empty unless the same
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-score", "one", "other"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["one", "other"], name="one_match_pair")
        ]
        indexes: ClassVar = [
            models.Index(fields=["verdict", "-score", "one"], name="match_by_score")
        ]

    def __str__(self) -> str:
        return f"{self.one_name} / {self.other_name}"

    @property
    def gone(self) -> str:
        """The customer that goes into the other; empty unless they are the same."""
        if not self.kept:
            return ""
        return self.one if self.kept == self.other else self.other
