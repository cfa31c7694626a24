"""Tokens of the API, and how often each was used of late."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Token(models.Model):
    """A secret with which a program acts as a user; only its hash is kept.

    Tokens are never deleted, so that the audit keeps naming them; they are revoked.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens"
    )
    name = models.CharField(_("Name"), max_length=80)
    beginning = models.CharField(max_length=16)  # of the secret, to know it by
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the secret
    scopes = models.JSONField(default=list)  # of `permissions.TOKEN_SCOPES`
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)  # to the minute or so
    revoked_at = models.DateTimeField(null=True)
    # the rate limit of all processes: how many requests were let through in a minute
    minute = models.BigIntegerField(default=0)  # since 1970
    requests = models.IntegerField(default=0)  # those lent to processes among them

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["user", "-id"])]

    def __str__(self) -> str:
        return self.name


class Repeatable(models.Model):
    """A request with an idempotency key, and what was answered to it; for a day."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of method, address and body
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)  # null: still at work
    kind = models.CharField(max_length=100, default="")  # media type of the answer
    content = models.BinaryField(default=b"")

    class Meta:  # noqa: D106
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="one_use_of_a_key")
        ]
        indexes: ClassVar = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return self.key
