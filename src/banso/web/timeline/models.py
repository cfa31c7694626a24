"""What people record of their contacts with customers, and whom they mention."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Entry(models.Model):
    """A note on a customer, or a contact with it that took place or is planned.

    One that was deleted stays as a trace: who and when, without what it said.
    """

    class Kind(models.TextChoices):
        """What it is; all but notes are channels of the table of interactions."""

        NOTE = "note", _("Note")
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        MAIL = "mail", _("Mail")
        CHAT = "chat", _("Chat")
        WEBINAR = "webinar", _("Webinar")

    class Initiative(models.TextChoices):
        """Who began."""

        OURS = "ours", pgettext_lazy("initiative", "We did")
        THEIRS = "theirs", pgettext_lazy("initiative", "They did")

    customer_id = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()  # when it took place, or is to
    is_planned = models.BooleanField(default=False)  # nobody said yet that it was held
    minutes = models.PositiveIntegerField(null=True)
    initiative = models.CharField(max_length=10, choices=Initiative, blank=True)
    contact_id = models.TextField(blank=True)  # of the contacts of the customer
    contact_name = models.TextField(blank=True)  # as it was typed or known then
    text = models.TextField(blank=True)
    search = models.TextField(blank=True)  # the text and names as they are searched
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    version = models.IntegerField(default=1)  # that an edit starts from

    class Meta:  # noqa: D106
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-at", "-id"], name="entry_customer"),
            models.Index(fields=["-at", "-id"], name="entry_newest"),
            models.Index(
                fields=["by", "at"],
                name="entry_planned",
                condition=models.Q(is_planned=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%F}"


class Mention(models.Model):
    """Somebody of ours whom an entry names, to read it."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)

    class Meta:  # noqa: D106
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "user"], name="mentioned_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user"],
                name="mention_unread",
                condition=models.Q(read_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} → {self.user_id}"


class Attachment(models.Model):
    """A file that belongs to an entry; its content lies under its hash."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """What a customer wrote to us that had no answer yet, as a release tells it.

    What was recorded here is not among them: it is looked at where it lies.
    """

    customer_id = models.TextField(primary_key=True)
    since = models.DateTimeField()  # of the first message without an answer
    messages = models.PositiveIntegerField()
    channel = models.TextField()  # of the newest one
    contact = models.TextField(blank=True)  # the name of who wrote it
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.since:%F}"


class Settled(models.Model):
    """That what a customer wrote needs no answer of ours."""

    customer_id = models.TextField(primary_key=True)
    at = models.DateTimeField()  # what was written until then
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%F %T}"
