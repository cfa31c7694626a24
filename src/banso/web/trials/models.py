"""Trials that people started, who was drawn, and what was decided of plays."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from banso.tables.recorded import record_key


class StartedTrial(models.Model):
    """A trial that was started here; all but its stop is fixed from then on."""

    class Outcome(models.TextChoices):  # noqa: D106
        CHURN = "churn", _("Churn")
        EXPANSION = "expansion", _("Expansion")
        CONTRACTION = "contraction", _("Contraction")

    name = models.CharField(max_length=120)
    signal = models.TextField()  # its key in the definitions
    play = models.TextField()  # likewise
    outcome = models.CharField(max_length=12, choices=Outcome)
    window_days = models.PositiveIntegerField()
    share_held_out = models.FloatField()
    planned_per_arm = models.PositiveIntegerField()  # of the smaller arm
    smallest_effect = models.FloatField()
    strata = models.JSONField(default=list)  # columns of `CustomerNow`
    guard_rails = models.JSONField(default=dict)  # measure: more | less is better
    seed = models.BigIntegerField()
    started_on = models.DateField()  # openings from this day on count
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    stopped_on = models.DateField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    stopped_why = models.TextField(default="")

    class Meta:  # noqa: D106
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["signal"],
                condition=models.Q(stopped_on__isnull=True),
                name="trial_one_running_per_signal",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trial_id(self) -> str:
        """Its key among the facts."""
        return record_key("trial", self.pk)


class Assignment(models.Model):
    """A customer who was drawn into a trial; never changed."""

    trial = models.ForeignKey(StartedTrial, models.PROTECT, related_name="assignments")
    customer_id = models.TextField()
    opened_on = models.DateField()  # of the signal
    assigned_on = models.DateField()  # the as-of date of the release
    arm = models.CharField(max_length=10)  # treated | held_out
    stratum = models.TextField()
    position = models.PositiveIntegerField()  # in the stratum, from 0

    class Meta:  # noqa: D106
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["trial", "customer_id"], name="trial_customer_once"
            ),
            models.UniqueConstraint(
                fields=["trial", "stratum", "position"], name="trial_place_once"
            ),
        ]

    def __str__(self) -> str:
        return self.customer_id


class AlwaysAct(models.Model):
    """A customer who is never held out, whatever is tried."""

    customer_id = models.TextField(primary_key=True)
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.customer_id


class Decision(models.Model):
    """What a person decided of a play at a signal; the last one holds."""

    signal = models.TextField()
    play = models.TextField()
    state = models.CharField(max_length=10)  # of `analytics.trials.registry.STATES`
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:  # noqa: D106
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["signal", "play"], name="trial_decision_pair")
        ]

    def __str__(self) -> str:
        return f"{self.signal} · {self.play}"
