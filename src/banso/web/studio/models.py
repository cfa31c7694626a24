"""Drafts of weights, and what people say about them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WeightDraft(models.Model):
    """Other weights for one health model, with what they would do."""

    class Status(models.TextChoices):  # noqa: D106
        OPEN = "open", pgettext_lazy("draft", "Open")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    class Origin(models.TextChoices):  # noqa: D106
        PROPOSED = "proposed", _("Proposed by the run")
        TYPED = "typed", _("Typed in")

    model = models.TextField()  # key of the health model
    model_name = models.JSONField()  # ja, en: as it was called then
    shares = models.JSONField()  # dimension.element: part of the score, 0 to 1
    present = models.JSONField()  # the same, of the version that it was made from
    origin = models.CharField(max_length=10, choices=Origin)
    based_on = models.TextField()  # digest of the definitions
    effect = models.JSONField()  # see `effects.as_json`
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True)  # of the decision
    published = models.TextField(blank=True)  # digest of the version that it became

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.model}"


class DraftNote(models.Model):
    """What somebody says about a draft."""

    draft = models.ForeignKey(WeightDraft, models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:  # noqa: D106
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.text[:80]
