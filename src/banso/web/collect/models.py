"""Sources of live events, their write keys, and the calls that were refused."""

from typing import ClassVar

from django.db import models


class CollectSource(models.Model):
    """Something that sends events, such as the product's server or its app."""

    key = models.SlugField(max_length=40, unique=True)  # part of event ids, for good
    name = models.CharField(max_length=80)
    limit_per_second = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    # what the collector counted; a crash of it loses at most the last second
    accepted = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)  # when a call was accepted last

    class Meta:  # noqa: D106
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class WriteKey(models.Model):
    """A secret with which a source sends; only its hash is kept."""

    source = models.ForeignKey(CollectSource, models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256
    tail = models.CharField(max_length=4)  # of the secret, to tell keys apart
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # null: it counts until it is ended

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"…{self.tail}"


class RefusedCall(models.Model):
    """A call that was not accepted, without what it said of people."""

    source = models.ForeignKey(CollectSource, models.CASCADE, related_name="refusals")
    at = models.DateTimeField()
    message_id = models.CharField(max_length=256, blank=True)
    code = models.CharField(max_length=40)
    words = models.CharField(max_length=300)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["source", "-id"])]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.code}"
