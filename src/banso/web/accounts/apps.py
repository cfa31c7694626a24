"""What the frame shows of users and sign-in."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry
from banso.webkit.permissions import Role, Scope

_FIELDS = {
    "email": _("e-mail"),
    "name": _("name"),
    "role": _("role"),
    "scope": _("scope"),
    "team": _("team"),
}
_WORDS = {**dict(Role.choices), **dict(Scope.choices)}


def _changed(details: Mapping[str, object]) -> str:
    """Word a user's changes, each with what it was and what it is."""
    changes = details.get("changes")
    if not isinstance(changes, dict):
        return gettext("Changed the user %(subject)s.") % details
    parts = [
        gettext("%(field)s: %(before)s → %(after)s")
        % {
            "field": _FIELDS.get(field, field),
            "before": _WORDS.get(before, before) or "–",
            "after": _WORDS.get(after, after) or "–",
        }
        for field, (before, after) in sorted(changes.items())
    ]
    words = {"subject": details["subject"], "changes": gettext(", ").join(parts)}
    return gettext("Changed the user %(subject)s (%(changes)s).") % words


def _created(details: Mapping[str, object]) -> str:
    if "role" not in details:
        return gettext("Added the user %(subject)s.") % details
    role = _WORDS.get(str(details.get("role")), "")
    scope = _WORDS.get(str(details.get("scope")), "")
    words = {"subject": details["subject"], "role": role, "scope": scope}
    return gettext("Added the user %(subject)s (%(role)s, %(scope)s).") % words


_NOT_ADMITTED: Mapping[str, Promise] = {
    "sso_failed": _("The provider did not answer as it should. Try again."),
    "sso_unreachable": _("The provider cannot be reached. Try again later."),
    "sso_email_not_verified": _(
        "The provider does not say that this e-mail is verified."
    ),
    "sso_email_elsewhere": _(
        "The provider gave no e-mail, or one of a domain that may not enter here."
    ),
    "sso_person_unknown": _(
        "Nobody with this e-mail was added to Banso. Ask an administrator of Banso."
    ),
    "sso_person_inactive": _("This user was deactivated."),
    "sso_linked_otherwise": _(
        "This user is linked to another person of the provider. An administrator can "
        "undo the link."
    ),
    "sso_answer_forged": _("The signature of the provider's answer does not hold."),
    "sso_answer_for_others": _(
        "The provider's answer was made for another application or address."
    ),
    "sso_answer_expired": _(
        "The provider's answer has expired. If it happens again, the clocks differ."
    ),
    "sso_answer_unasked": _(
        "The provider's answer was used before, or nothing was asked. Sign in anew."
    ),
}
_PROOFS = {
    "password": _("password"),
    "mfa": _("second factor"),
    "socialaccount": _("single sign-on"),
}
_FACTORS = {
    "totp": _("authenticator app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery codes"),
}


def _signed_in(details: Mapping[str, object]) -> str:
    by = details.get("by")
    if not isinstance(by, list) or not by:
        return gettext("Signed in.")
    words = dict.fromkeys(str(_PROOFS.get(each, each)) for each in by)
    return gettext("Signed in (%(by)s).") % {"by": gettext(", ").join(words)}


def _sign_in_failed(details: Mapping[str, object]) -> str:
    subject = details.get("subject") or gettext("somebody unknown")
    said = gettext("A sign-in as %(subject)s failed.") % {"subject": subject}
    reason = _NOT_ADMITTED.get(str(details.get("reason")))
    return f"{said} {reason}" if reason else said


def _factor(sentence: Promise) -> Callable[[Mapping[str, object]], str]:
    def said(details: Mapping[str, object]) -> str:
        kind = str(details.get("type"))
        return str(sentence) % {"factor": _FACTORS.get(kind, kind)}

    return said


class AccountsFeature(Feature):
    """Users, teams, sign-in and settings."""

    name = "banso.web.accounts"
    label = "accounts"
    navigation: ClassVar = (
        NavEntry(
            title=_("Users"),
            url_name="accounts:users",
            icon="user-cog",
            capability="administer_users",
            order=90,
            section="administration",
        ),
    )
    actions: ClassVar = {
        "user_created": _created,
        "user_changed": _changed,
        "user_activated": _("Let %(subject)s sign in again."),
        "user_deactivated": _("Deactivated %(subject)s."),
        "team_created": _("Added the team %(subject)s."),
        "password_changed": _("Changed the password of %(subject)s."),
        "display_changed": _("Changed the language or theme of %(subject)s."),
        "signed_in": _signed_in,
        "signed_out": _("Signed out."),
        "sign_in_failed": _sign_in_failed,
        "proof_failed": _("A code or password of %(subject)s was wrong."),
        "sessions_ended": _("Signed out everywhere else."),
        "factor_added": _factor(_("Set up: %(factor)s.")),
        "factor_removed": _factor(_("Removed: %(factor)s.")),
        "provider_linked": _("Linked %(subject)s to %(provider)s."),
        "factors_reset": _("Took all second factors from %(subject)s."),
    }
    refusals: ClassVar = {
        **_NOT_ADMITTED,
        "sign_in_refused": _("The e-mail or the password is wrong."),
        "sign_in_locked": _("Too many attempts failed. Wait one minute and try again."),
        "too_many_attempts": _("Too many attempts. Wait a minute and try again."),
        "wrong_password": _("This is not your current password."),
        "email_taken": _("There is a user with the e-mail %(email)s already."),
        "email_invalid": _("“%(email)s” is not an e-mail address."),
        "password_too_weak": _("%(reasons)s"),
        "last_administrator": _(
            "This is the only administrator. Make somebody else one first."
        ),
    }

    def ready(self) -> None:
        """Hear of second factors as they come and go."""
        import_module("banso.web.accounts.factors")  # connects its receivers
