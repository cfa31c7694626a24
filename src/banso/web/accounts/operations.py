"""Writing users, teams and sign-ins, each with its entry in the audit."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from banso.kernel.errors import BansoError
from banso.web.accounts import queries
from banso.web.accounts.models import SignInFailure, Team, User
from banso.web.audit import operations as audit
from banso.webkit.permissions import Role, Scope, Staff


class SignInRefused(BansoError):
    """Refuse an e-mail and password that do not belong together."""

    code = "sign_in_refused"


class SignInLocked(BansoError):
    """Refuse to try another password so soon after many wrong ones."""

    code = "sign_in_locked"


class EmailTaken(BansoError):
    """Refuse a second user with one e-mail."""

    code = "email_taken"


class EmailInvalid(BansoError):
    """Refuse an e-mail that is none."""

    code = "email_invalid"


class PasswordTooWeak(BansoError):
    """Refuse a password that is too easy to guess."""

    code = "password_too_weak"


class LastAdministrator(BansoError):
    """Refuse a change that would leave nobody to administer the site."""

    code = "last_administrator"


@dataclass(frozen=True, kw_only=True)
class Person:
    """What an administrator decides about a user."""

    email: str
    name: str
    role: Role
    scope: Scope
    team: str = ""  # by name; a new name makes a new team


@transaction.atomic
def create_user(
    person: Person,
    *,
    password: str,
    by: Staff | None,
    at: dt.datetime,
    language: str = "",
) -> User:
    """Add a user who can sign in at once.

    Parameters
    ----------
    person
        Who it is and what they may do.
    password
        In clear; only its hash is kept.
    by
        The administrator; None for the command line.
    at
        The time of the entry.
    language
        ``ja``, ``en``, or empty to follow the browser.

    Raises
    ------
    EmailInvalid, EmailTaken, PasswordTooWeak
        Nothing was added.

    """
    email = person.email.strip().lower()
    user = User(
        email=email,
        name=person.name.strip() or email,
        role=person.role,
        scope=person.scope,
        team=_team(person, by=by, at=at),
        language=language,
        created_at=at,
    )
    _check_email(email)
    _check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise EmailTaken(f"{email} is a user already.", email=email) from error
    audit.record("user_created", subject=user, by=by, at=at, details=_described(person))
    return user


@transaction.atomic
def change_user(user: User, person: Person, *, by: Staff, at: dt.datetime) -> User:
    """Change who a user is and what they may do.

    Raises
    ------
    EmailInvalid, EmailTaken
        The new e-mail cannot be had.
    LastAdministrator
        The user is the only administrator and would be none.

    """
    if person.role != Role.ADMINISTRATOR:
        _keep_an_administrator(user)
    before = _described(_person_of(user))
    email = person.email.strip().lower()
    _check_email(email)
    user.email, user.name = email, person.name.strip() or email
    user.role, user.scope = person.role, person.scope
    user.team = _team(person, by=by, at=at)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise EmailTaken(f"{email} is a user already.", email=email) from error
    after = _described(_person_of(user))
    changes = {
        key: [before[key], after[key]] for key in after if before[key] != after[key]
    }
    if changes:
        audit.record(
            "user_changed", subject=user, by=by, at=at, details={"changes": changes}
        )
    return user


@transaction.atomic
def set_active(user: User, *, active: bool, by: Staff | None, at: dt.datetime) -> User:
    """Let a user sign in, or no longer; open sessions end with the next request.

    Raises
    ------
    LastAdministrator
        Nobody else could administer the site.

    """
    # locked: who gives the user something to do meanwhile comes before or after
    locked = User.objects.select_for_update(no_key=True)
    user.is_active = locked.get(pk=user.pk).is_active
    if user.is_active == active:
        return user
    if not active:
        _keep_an_administrator(user)
    user.is_active = active
    user.save(update_fields=["is_active"])
    action = "user_activated" if active else "user_deactivated"
    audit.record(action, subject=user, by=by, at=at)
    return user


@transaction.atomic
def create_team(name: str, *, by: Staff | None, at: dt.datetime) -> Team:
    """Return the team of that name, made when there is none."""
    team, made = Team.objects.get_or_create(name=name.strip())
    if made:
        audit.record("team_created", subject=team, by=by, at=at)
    return team


@transaction.atomic
def set_password(
    user: User, password: str, *, by: Staff | None, at: dt.datetime
) -> None:
    """Give a user another password; all their sessions end.

    Raises
    ------
    PasswordTooWeak
        The password stays as it was.

    """
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record("password_changed", subject=user, by=by, at=at)


@transaction.atomic
def change_own_password(
    request: HttpRequest, user: User, password: str, *, at: dt.datetime
) -> None:
    """Give the signed-in user another password; this session goes on, others end."""
    set_password(user, password, by=user, at=at)
    update_session_auth_hash(request, user)


@transaction.atomic
def change_display(
    user: Staff, *, at: dt.datetime, language: str = "", theme: str = ""
) -> None:
    """Keep the language and theme that a user chose; an empty one stays as it was."""
    chosen = {
        name: value
        for name, value in (("language", language), ("theme", theme))
        if value and getattr(user, name) != value
    }
    if chosen:
        User.objects.filter(pk=user.pk).update(**chosen)
        subject = audit.Subject("user", str(user.pk), user.name)
        audit.record("display_changed", subject=subject, by=user, at=at, details=chosen)


def sign_in(
    request: HttpRequest, *, email: str, password: str, address: str, at: dt.datetime
) -> User:
    """Sign a user in on this request's session.

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
        _note_failure(email=email, address=address, at=at)
        raise SignInRefused("E-mail or password is wrong.")
    with transaction.atomic():
        login(request, user)
        audit.record("signed_in", subject=user, by=user, at=at)
    return user


def sign_out(request: HttpRequest, *, by: Staff, at: dt.datetime) -> None:
    """End the session."""
    with transaction.atomic():
        subject = audit.Subject("user", str(by.pk), by.name)
        audit.record("signed_out", subject=subject, by=by, at=at)
        logout(request)


def _note_failure(*, email: str, address: str, at: dt.datetime) -> None:
    with transaction.atomic():
        SignInFailure.objects.filter(at__lt=at - 10 * queries.WINDOW).delete()
        SignInFailure.objects.create(email=email[:254], address=address, at=at)
        subject = audit.Subject("user", "", email[:254])
        audit.record("sign_in_failed", subject=subject, by=None, at=at)


def _keep_an_administrator(user: User) -> None:
    """Refuse when `user` is the only one."""
    # locked, so that two administrators cannot both go at once
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR))
    is_one = user.role == Role.ADMINISTRATOR and user.is_active
    if is_one and not queries.has_other_administrator(than=user):
        raise LastAdministrator(f"{user.email} is the only administrator.")


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise EmailInvalid(f"{email!r} is no e-mail address.", email=email) from error


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise PasswordTooWeak(reasons, reasons=reasons) from error


def _team(person: Person, *, by: Staff | None, at: dt.datetime) -> Team | None:
    return create_team(person.team, by=by, at=at) if person.team.strip() else None


def _person_of(user: User) -> Person:
    return Person(
        email=user.email,
        name=user.name,
        role=Role(user.role),
        scope=Scope(user.scope),
        team=user.team.name if user.team else "",
    )


def _described(person: Person) -> Mapping[str, str]:
    values = {field.name: getattr(person, field.name) for field in fields(person)}
    return {name: str(value or "") for name, value in values.items()}
