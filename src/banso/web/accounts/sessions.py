"""Signing in and out, sessions and second factors, each with its entry in the audit."""

import datetime as dt

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from banso.kernel.errors import BansoError
from banso.web.accounts import operations, queries
from banso.web.accounts.models import SignInFailure, User
from banso.web.audit import operations as audit
from banso.webkit.permissions import Staff
from banso.webkit.requests import sender_address


class SignInRefused(BansoError):
    """Refuse an e-mail and password that do not belong together."""

    code = "sign_in_refused"


class SignInLocked(BansoError):
    """Refuse to try another password so soon after many wrong ones."""

    code = "sign_in_locked"


class TooManyAttempts(BansoError):
    """Refuse to look at yet another password of somebody who is signed in."""

    code = "too_many_attempts"


class WrongPassword(BansoError):
    """Refuse a password that is not the signed-in person's."""

    code = "wrong_password"


def sign_in(
    request: HttpRequest,
    *,
    email: str,
    password: str,
    address: str,
    target: str,
    at: dt.datetime,
) -> HttpResponse:
    """Answer a right password: on to `target`, or first to the second factor.

    Raises
    ------
    SignInLocked
        Too many failures within the last minute; the password was not tried.
    SignInRefused
        No active user has this e-mail and password. Which of them was wrong is not
        said, and takes the same time to find out.

    """
    email = email.strip().lower()
    if queries.is_locked_out(address=address, email=email, at=at):
        raise SignInLocked("Too many failed sign-ins.", hint="Wait one minute.")
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        note_failure(email, at=at)
        raise SignInRefused("E-mail or password is wrong.")
    entering = Login(user=user, redirect_url=target)
    answer: HttpResponse = perform_password_login(request, {"email": email}, entering)
    return answer


def note_sign_in(request: HttpRequest, user: User, *, at: dt.datetime) -> None:
    """Note that a session began, and by what the person was known."""
    shown = [each["method"] for each in queries.shown_proofs(request, user)]
    audit.record("signed_in", subject=user, by=user, at=at, details={"by": shown})


def note_failure(email: str, *, at: dt.datetime, reason: str = "") -> None:
    """Note that somebody did not enter; failures of the last minute lock out."""
    with transaction.atomic():
        SignInFailure.objects.filter(at__lt=at - 10 * queries.WINDOW).delete()
        address = sender_address() or ""
        SignInFailure.objects.create(email=email[:254], address=address, at=at)
        subject = audit.Subject("user", "", email[:254])
        details = {"reason": reason} if reason else {}
        audit.record("sign_in_failed", subject=subject, by=None, at=at, details=details)


def sign_out(request: HttpRequest, *, by: Staff, at: dt.datetime) -> None:
    """End the session."""
    with transaction.atomic():
        subject = audit.Subject("user", str(by.pk), by.name)
        audit.record("signed_out", subject=subject, by=by, at=at)
        UserSession.objects.filter(session_key=request.session.session_key).delete()
        logout(request)


def change_own_password(
    request: HttpRequest, user: User, *, current: str, new: str, at: dt.datetime
) -> None:
    """Give the signed-in user another password; this session goes on, others end.

    Raises
    ------
    TooManyAttempts
        Five were tried within a minute; the password was not looked at.
    WrongPassword, PasswordTooWeak
        The password stays as it was.

    """
    if not ratelimit.consume(request, action="change_password", user=user):
        raise TooManyAttempts("Too many attempts.", hint="Wait a minute.")
    if not user.check_password(current):
        note_wrong_proof(user, at=at)
        raise WrongPassword("The current password is another one.")
    with transaction.atomic():
        operations.set_password(user, new, by=user, at=at)
        _keep_this_session(request, user)


@transaction.atomic
def end_other_sessions(request: HttpRequest, user: User, *, at: dt.datetime) -> None:
    """Sign the user out everywhere but here."""
    _keep_this_session(request, user)
    audit.record("sessions_ended", subject=user, by=user, at=at)


@transaction.atomic
def reset_factors(user: User, *, by: Staff | None, at: dt.datetime) -> None:
    """Take second factors and links to providers from a user; all sessions end."""
    for authenticator in Authenticator.objects.filter(user_id=user.pk):
        authenticator.delete()
    SocialAccount.objects.filter(user_id=user.pk).delete()
    operations.end_sessions(user)
    audit.record("factors_reset", subject=user, by=by, at=at)


def note_factor(action: str, factor: Authenticator, *, at: dt.datetime) -> None:
    """Note that a user's own factor came or went, within its transaction."""
    user = factor.user
    audit.record(action, subject=user, by=user, at=at, details={"type": factor.type})


def note_wrong_proof(user: User, *, at: dt.datetime) -> None:
    """Note that a code, or the password of somebody signed in, was wrong."""
    audit.record("proof_failed", subject=user, by=None, at=at)


def _keep_this_session(request: HttpRequest, user: User) -> None:
    operations.end_sessions(user)
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request, user=user)
