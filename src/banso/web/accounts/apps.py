"""What the frame shows of users and sign-in."""

from collections.abc import Mapping
from typing import ClassVar

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
        "signed_in": _("Signed in."),
        "signed_out": _("Signed out."),
        "sign_in_failed": _("A sign-in as %(subject)s failed."),
    }
    refusals: ClassVar = {
        "sign_in_refused": _("The e-mail or the password is wrong."),
        "sign_in_locked": _("Too many attempts failed. Wait one minute and try again."),
        "email_taken": _("There is a user with the e-mail %(email)s already."),
        "email_invalid": _("“%(email)s” is not an e-mail address."),
        "password_too_weak": _("%(reasons)s"),
        "last_administrator": _(
            "This is the only administrator. Make somebody else one first."
        ),
    }
