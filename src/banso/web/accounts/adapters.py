"""What allauth asks of us: who enters, what it says, how its secrets are kept."""

import base64
import ipaddress
import secrets
from collections.abc import Mapping

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from banso.web.accounts import queries, sessions, single_sign_on
from banso.web.accounts.models import User
from banso.webkit.requests import sender_address
from banso.webkit.sealing import seal, unseal

_PURPOSE = "banso.factors"

_SAID: Mapping[str, Promise] = {
    "mfa/messages/totp_activated.txt": _("The authenticator app was set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app was removed."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "There are new recovery codes. Keep them where only you can read them."
    ),
    "mfa/messages/webauthn_added.txt": _("The passkey was added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
}
_TOO_MANY = _("Too many attempts failed. Wait five minutes and try again.")


class SignInAdapter(DefaultAccountAdapter):
    """Sign-in with our audit, our words and our idea of where a request comes from."""

    error_messages = {  # noqa: RUF012 - as allauth has it
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _TOO_MANY,
        "rate_limited": _TOO_MANY,
        "incorrect_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Let nobody add themselves: administrators and directories add people."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session of a person who has shown everything that was asked."""
        with transaction.atomic():
            super().login(request, user)
            sessions.note_sign_in(request, user, at=request.now)  # type: ignore[attr-defined]

    def reauthenticate(self, user: User, password: str) -> bool:
        """Return whether a signed-in person is still who they say."""
        if user.check_password(password):
            return True
        sessions.note_wrong_proof(user, at=context.request.now)
        return False

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """Return how a person can show anew who they are; else by their provider."""
        ways: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return ways or single_sign_on.ways_to_prove(context.request, user)

    def is_reauthentication_required(self, *, app: str, **_: object) -> bool:  # noqa: ARG002
        """Ask for a proof again unless one was given within the last minutes."""
        return not queries.has_fresh_proof(context.request, at=context.request.now)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG002
        """Say that a deactivated person does not enter."""
        return render(request, "account/inactive.html", status=403)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: Mapping[str, object] | None = None,  # noqa: ARG002
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what is in our words, and nothing else."""
        said = message or _SAID.get(message_template or "")
        if said:
            messages.add_message(request, level, str(said), extra_tags=extra_tags)

    def get_client_ip(self, request: HttpRequest) -> str:  # noqa: ARG002
        """Return where the request comes from, as the audit has it."""
        try:
            return str(ipaddress.ip_address(sender_address() or ""))
        except ValueError:
            return "0.0.0.0"  # noqa: S104 - no address is known; nothing listens on it


class FactorAdapter(DefaultMFAAdapter):
    """Second factors with our words, and with their secrets encrypted."""

    error_messages = {  # noqa: RUF012 - as allauth has it
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is wrong, or was used before."),
    }

    def get_totp_issuer(self) -> str:
        """Return what an authenticator app shows beside the e-mail."""
        return f"Banso {settings.BANSO_COMPANY_NAME}".strip()

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with the key of the project."""
        return seal(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret; one of another key is no secret that a code could fit."""
        secret = unseal(encrypted_text, purpose=_PURPOSE)
        return secret or base64.b32encode(secrets.token_bytes(20)).decode()
