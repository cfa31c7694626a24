"""Tokens of directories, and what a directory says beyond what a user is."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class ScimToken(models.Model):
    """A secret with which a directory comes; only its hash is kept."""

    name = models.CharField(max_length=80, unique=True)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the secret
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)  # to the minute or so
    revoked_at = models.DateTimeField(null=True)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class DirectoryPerson(models.Model):
    """A user whom a directory looks after."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    user_name = models.CharField(max_length=254, unique=True)  # in lower case
    external_id = models.CharField(max_length=254, blank=True, db_index=True)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    display_name = models.CharField(max_length=100, blank=True)
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)  # not there any more, to a directory

    def __str__(self) -> str:
        return self.user_name


class DirectoryGroup(models.Model):
    """A group of the directory, which may stand for a role, a scope or a team."""

    display_name = models.CharField(max_length=254, unique=True)
    external_id = models.CharField(max_length=254, blank=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:  # noqa: D106
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.display_name
