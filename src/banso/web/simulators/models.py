"""Scenarios that people keep."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Scenario(models.Model):
    """The assumptions of one simulation, kept under a name for everybody to open."""

    class Kind(models.TextChoices):  # noqa: D106
        FISH = "fish", "fish"
        GROWTH = "growth", "growth"
        PRICING = "pricing", "pricing"

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80)
    query = models.TextField()  # of the address, in a fixed order
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:  # noqa: D106
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "name"], name="scenario_name")
        ]

    def __str__(self) -> str:
        return self.name
