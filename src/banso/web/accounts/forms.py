"""The forms of sign-in, settings and user administration."""

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from banso.web.accounts import queries
from banso.web.accounts.operations import Person
from banso.webkit.permissions import Role, Scope


class SignInForm(forms.Form):
    """E-mail and password."""

    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """A new password, with the old one as proof."""

    current = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 10 characters, not only digits, not a common word."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def _code_field() -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "autofocus": True, "size": 12}
    return forms.CharField(label=_("Code"), widget=forms.TextInput(attrs=attributes))


def _password_field() -> forms.CharField:
    attributes = {"autocomplete": "current-password", "autofocus": True}
    return forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs=attributes),
    )


class CodeForm(AuthenticateForm):
    """The code of the second step of a sign-in."""

    code = _code_field()


class ProofByPasswordForm(ReauthenticateForm):
    """The password once more, before something delicate."""

    password = _password_field()


class ProofByCodeForm(ReauthenticateByCodeForm):
    """A code once more, before something delicate."""

    code = _code_field()


class NewAppForm(ActivateTOTPForm):
    """The first code of an authenticator app."""

    code = _code_field()


class NewPasskeyForm(AddWebAuthnForm):
    """A passkey to add: it always signs in by itself."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=60,
        required=False,
        help_text=_("To tell it from others, such as “MacBook” or “YubiKey”."),
    )
    passwordless = forms.BooleanField(
        initial=True, required=False, widget=forms.HiddenInput
    )


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name of the passkey"), max_length=60)


class PersonForm(forms.Form):
    """Who a user is and what they may do."""

    name = forms.CharField(label=_("Name"), max_length=100)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_(
            "To sign in with. Customers whose owner has it are the user's own."
        ),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.CSM)
    scope = forms.ChoiceField(
        label=_("Scope"),
        choices=Scope.choices,
        initial=Scope.OWN,
        help_text=_("Which customers the user sees."),
    )
    team = forms.CharField(
        label=_("Team"),
        required=False,
        max_length=100,
        help_text=_("A name that is new makes a new team."),
        widget=forms.TextInput(attrs={"list": "teams", "autocomplete": "off"}),
    )

    def person(self) -> Person:
        """Return what the form says."""
        return Person(
            email=self.cleaned_data["email"],
            name=self.cleaned_data["name"],
            role=Role(self.cleaned_data["role"]),
            scope=Scope(self.cleaned_data["scope"]),
            team=self.cleaned_data["team"],
        )

    @property
    def team_names(self) -> list[str]:
        """The teams that there are, to choose from."""
        return [team.name for team in queries.list_teams()]


class NewPersonForm(PersonForm):
    """A user to add, with a first password."""

    password = forms.CharField(
        label=_("First password"),
        strip=False,
        help_text=_("Tell it to the user, who can change it under My settings."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
