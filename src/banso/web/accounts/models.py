"""Users, teams, and failed sign-ins."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from banso.webkit.permissions import Role, Scope


class Team(models.Model):
    """People of ours who look after customers together."""

    name = models.CharField(_("Name"), max_length=100, unique=True)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Users(BaseUserManager["User"]):
    """Finds users by their e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user of an e-mail."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person of ours who signs in by e-mail.

    Users are never deleted, so that the audit keeps naming them; they are deactivated.
    """

    class Language(models.TextChoices):
        """Languages that a user may choose."""

        JAPANESE = "ja", "日本語"
        ENGLISH = "en", "English"

    class Theme(models.TextChoices):
        """Themes that a user may choose."""

        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light theme")
        DARK = "dark", _("Dark theme")

    email = models.EmailField(_("E-mail"), unique=True)  # kept in lower case
    name = models.CharField(_("Name"), max_length=100)
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    scope = models.CharField(_("Scope"), max_length=10, choices=Scope)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, verbose_name=_("Team")
    )
    language = models.CharField(
        _("Language"), max_length=5, choices=Language, blank=True
    )
    theme = models.CharField(_("Theme"), max_length=5, choices=Theme, blank=True)
    is_active = models.BooleanField(_("Active"), default=True)
    created_at = models.DateTimeField(_("Added"))
    sessions_ended = models.PositiveIntegerField(default=0)  # how often all at once

    # what a token grants to a program that comes as this user; None: nothing is limited
    granted: frozenset[str] | None = None

    objects: ClassVar = Users()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:  # noqa: D106
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initial(self) -> str:
        """The first letter of the name, for the round sign of the user menu."""
        return self.name[:1].upper()

    @property
    def must_have_factor(self) -> bool:
        """Whether the role demands two factors."""
        return self.role in settings.BANSO_TWO_FACTOR_ROLES

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must carry: another value ends all that there are."""
        carried = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.sessions_ended:  # sessions of before there was the number go on
            return str(carried)
        number = f"{carried}{self.sessions_ended}"
        return salted_hmac("banso.sessions", number, algorithm="sha256").hexdigest()


class SignInFailure(models.Model):
    """A failed sign-in of the last minutes; older ones are swept away."""

    at = models.DateTimeField()
    address = models.CharField(max_length=64)
    email = models.CharField(max_length=254)

    class Meta:  # noqa: D106
        indexes: ClassVar = [models.Index(fields=["address", "at"])]

    def __str__(self) -> str:
        return f"{self.email} {self.at}"
