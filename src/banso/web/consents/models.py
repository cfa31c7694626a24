"""What people at customers said of the use of their data, as it was recorded here."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy


class Decision(models.Model):
    """That a contact allowed or refused a purpose; never changed, only followed."""

    class Basis(models.TextChoices):
        """Why the use is allowed."""

        CONSENT = "consent", pgettext_lazy("basis", "Consent")
        CONTRACT = "contract", pgettext_lazy("basis", "Contract")
        LEGITIMATE_INTEREST = (
            "legitimate_interest",
            pgettext_lazy("basis", "Legitimate interest"),
        )
        LEGAL_OBLIGATION = (
            "legal_obligation",
            pgettext_lazy("basis", "Legal obligation"),
        )

    customer_id = models.TextField(db_index=True)
    contact_id = models.TextField()
    purpose = models.CharField(max_length=30)
    granted = models.BooleanField()
    decided_at = models.DateTimeField()  # when the person said it
    basis = models.CharField(max_length=30, choices=Basis, blank=True)
    source = models.TextField(blank=True)  # where or how it was said
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:  # noqa: D106
        indexes: ClassVar = [
            models.Index(
                fields=["contact_id", "purpose", "-decided_at"], name="decision_latest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.granted} {self.decided_at:%F}"
