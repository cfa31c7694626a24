"""Openings of signals that people act on, the plays and tasks that came of them."""

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LAST: Final = 1e15  # sorts after every known worth


class KnownSignal(models.Model):
    """A signal as the newest release defines it, or the last that defined it."""

    key = models.TextField(primary_key=True)
    label = models.JSONField()  # ja, en
    kind = models.TextField()
    play = models.TextField(blank=True)  # that it proposes
    within_days = models.IntegerField()
    trend_label = models.JSONField()  # ja, en: of the metric that the chart shows
    seen_by = models.JSONField(default=list)  # roles; empty: all
    figures = models.JSONField(default=dict)  # precision, base_rate: value, low, high
    months = models.IntegerField(default=0)  # that the figures are of
    place = models.IntegerField(default=0)
    is_current = models.BooleanField(default=True)  # the newest release defines it

    def __str__(self) -> str:
        return self.key


class KnownPlay(models.Model):
    """A play as the newest release defines it, or the last that defined it."""

    key = models.TextField(primary_key=True)
    label = models.JSONField()  # ja, en
    about = models.JSONField()  # ja, en
    steps = models.JSONField()  # see `steps.Step`
    assumed_effect = models.FloatField()  # a share, 0 to 1
    place = models.IntegerField(default=0)
    is_current = models.BooleanField(default=True)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["place", "key"]

    def __str__(self) -> str:
        return self.key


class Colleague(models.Model):
    """Somebody of ours whom the facts know, and since when no longer."""

    email = models.TextField(primary_key=True)  # in lower case
    name = models.TextField(blank=True)
    left_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name or self.email


class Reach(models.Model):
    """When a customer was contacted lately, and whom to write to there."""

    customer_id = models.TextField(primary_key=True)
    days = models.JSONField(default=list)  # of contacts that the facts know, ascending
    # id and name of whom to write to, whoever comes first first
    people = models.JSONField(default=list)
    rest_until = models.DateField(null=True)  # the first day to contact it again

    def __str__(self) -> str:
        return self.customer_id


class OpenPlay(models.Model):
    """A play that somebody carries out at a customer, with the steps as they were."""

    class Status(models.TextChoices):  # noqa: D106
        OPEN = "open", pgettext_lazy("play", "Open")
        FINISHED = "finished", pgettext_lazy("play", "Finished")
        STOPPED = "stopped", pgettext_lazy("play", "Stopped")

    class Result(models.TextChoices):  # noqa: D106
        ACHIEVED = "achieved", _("Achieved what it was for")
        NOT_ACHIEVED = "not_achieved", _("Did not achieve it")
        UNCLEAR = "unclear", _("Not clear yet")

    # no constraint: a run may remove a customer, and what was done there stays
    customer = models.ForeignKey(
        "customers.CustomerNow",
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    play = models.TextField()
    label = models.JSONField()  # ja, en: as it was called then
    steps = models.JSONField()  # see `steps.Step`; a deleted definition loses nothing
    signal = models.TextField(blank=True)  # that it answers; empty: none
    opened_on = models.DateField(null=True)  # of that signal
    reason = models.JSONField(default=dict)  # ja, en: why it was started
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    result = models.CharField(max_length=15, choices=Result, blank=True)
    note = models.TextField(blank=True)  # on what came of it
    version = models.IntegerField(default=1)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "play"],
                condition=Q(status="open"),
                name="one_open_play",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "status"], name="open_play_owner"),
            models.Index(fields=["customer", "-started_at"], name="open_play_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.play} ({self.customer_id})"


class WorkItem(models.Model):
    """One opening of one signal at one customer.

    A run writes everything down to `closed_why`; people write what follows. Neither
    touches what the other writes.
    """

    class State(models.TextChoices):  # noqa: D106
        OPEN = "open", pgettext_lazy("signal", "Open")
        IN_PLAY = "in_play", _("A play is under way")
        SNOOZED = "snoozed", _("Snoozed")
        DISMISSED = "dismissed", _("Dismissed")
        HELD_OUT = "held_out", _("Held out for a trial")
        DONE = "done", _("Done")

    class Closed(models.TextChoices):  # noqa: D106
        CONDITION = "condition", _("Its condition no longer holds")
        LEFT = "left", _("The customer is no longer under contract")
        DEFINITION = "definition", _("The signal is no longer defined")
        MERGED = "merged", _("The customer was merged into another one")

    class Dismissal(models.TextChoices):  # noqa: D106
        KNOWN = "known", _("We know, and nothing needs to be done")
        ELSEWHERE = "elsewhere", _("It is handled elsewhere")
        WRONG_DATA = "wrong_data", _("The data is wrong")
        NOT_RELEVANT = "not_relevant", _("The signal does not fit this customer")
        BAD_TIME = "bad_time", _("Acting now would do harm")
        OTHER = "other", _("Another reason")

    # no constraint: a run may remove a customer, and what was done there stays
    customer = models.ForeignKey(
        "customers.CustomerNow",
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    signal = models.TextField()
    opened_on = models.DateField()
    kind = models.TextField(db_default="")
    play = models.TextField(db_default="")  # that is proposed
    reason_ja = models.TextField(db_default="")
    reason_en = models.TextField(db_default="")
    owner = models.TextField(db_default="")  # as `CustomerNow.owner`
    worth = models.FloatField(null=True)  # chance × amount × urgency × effect
    chance = models.FloatField(null=True)  # 0 to 1
    chance_basis = models.TextField(db_default="")  # forecast | precision
    amount = models.FloatField(null=True)  # of a year
    currency = models.TextField(db_default="")
    urgency = models.FloatField(null=True)  # 0 to 1; 0: its window is over
    effect = models.FloatField(null=True)  # 0 to 1
    effect_basis = models.TextField(db_default="")  # proven | assumed
    trend = models.JSONField(null=True)  # at most 13 weekly values; null: a gap
    trend_of = models.TextField(db_default="")  # the metric that it is of
    sort_worth = models.FloatField(db_default=LAST)  # the negative; unknown: last
    digest = models.TextField(db_default="")  # of what the release says
    closed_on = models.DateField(null=True)
    closed_why = models.TextField(db_default="")  # see `Closed`

    state = models.TextField(choices=State, db_default="open")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )  # to whom it was delegated
    snoozed_until = models.DateField(null=True)  # the first day that it is there again
    dismissed_as = models.TextField(choices=Dismissal, db_default="")
    why = models.TextField(db_default="")  # of the last decision
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    open_play = models.ForeignKey(
        OpenPlay, models.SET_NULL, null=True, related_name="items"
    )
    version = models.IntegerField(db_default=1)  # counts decisions

    class Meta:  # noqa: D106
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "signal", "opened_on"], name="one_item_per_opening"
            )
        ]
        indexes: ClassVar = [
            # hold what the page of today chooses and sorts by: those that a run has
            # not closed by their worth, by their owner and by their customer
            models.Index(
                fields=[
                    "closed_on", "sort_worth", "id", "customer", "state",
                    "snoozed_until", "urgency", "signal", "kind",
                ],
                name="item_by_worth",
            ),
            models.Index(
                fields=[
                    "closed_on", "owner", "state", "assignee", "sort_worth", "id",
                    "customer", "snoozed_until", "urgency", "signal", "kind",
                ],
                name="item_by_owner",
            ),
            models.Index(
                fields=[
                    "closed_on", "customer", "state", "snoozed_until", "urgency",
                    "signal", "kind",
                ],
                name="item_by_customer",
            ),
            models.Index(
                fields=["assignee"],
                condition=Q(assignee__isnull=False),
                name="item_assignee",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.signal} ({self.customer_id})"


class Task(models.Model):
    """Something that one person has to do until a day: a step of a play, or by hand."""

    class State(models.TextChoices):  # noqa: D106
        OPEN = "open", pgettext_lazy("task", "Open")
        DONE = "done", pgettext_lazy("task", "Done")
        DROPPED = "dropped", pgettext_lazy("task", "Dropped")

    # no constraint: a run may remove a customer, and what was done there stays
    customer = models.ForeignKey(
        "customers.CustomerNow",
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    open_play = models.ForeignKey(
        OpenPlay, models.PROTECT, null=True, related_name="tasks"
    )
    step = models.TextField(blank=True)  # key of the step; empty: made by hand
    label = models.JSONField()  # ja, en
    role = models.TextField(blank=True)  # who of ours should do it
    channel = models.TextField(blank=True)  # of a contact with the customer
    minutes_planned = models.IntegerField(null=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    note = models.TextField(blank=True)
    minutes = models.IntegerField(null=True)  # that it took
    answer = models.JSONField(null=True)  # ja, en: the branch that was taken
    version = models.IntegerField(default=1)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["due_on", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["assignee", "state", "due_on"], name="task_assignee"),
            models.Index(fields=["customer", "state"], name="task_customer"),
        ]

    def __str__(self) -> str:
        return str(self.label.get("en") or self.label.get("ja") or self.pk)


class Action(models.Model):
    """Something that somebody did; never edited. It returns to the facts."""

    customer_id = models.TextField()
    at = models.DateTimeField()
    kind = models.TextField()  # see the table ``actions``
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    play = models.TextField(blank=True)
    signal = models.TextField(blank=True)
    opened_on = models.DateField(null=True)
    step = models.TextField(blank=True)
    channel = models.TextField(blank=True)  # of a contact with the customer
    minutes = models.IntegerField(null=True)
    result = models.TextField(blank=True)
    note = models.TextField(blank=True)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-at"], name="action_customer")
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.kind} {self.customer_id}"


class HandOver(models.Model):
    """Work that went from one person to another, with what the other has to know."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    giver = models.TextField()  # an e-mail in lower case: perhaps nobody's by now
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    customer_id = models.TextField(blank=True)  # empty: of all customers
    note = models.TextField(blank=True)
    items = models.JSONField(default=list)  # keys of what was handed over
    plays = models.JSONField(default=list)
    tasks = models.JSONField(default=list)
    # what the release opens at the giver's customers goes to the taker from then on
    is_standing = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["giver"],
                condition=Q(is_standing=True, ended_at__isnull=True),
                name="standing_hand_over",
            )
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker_id}"
