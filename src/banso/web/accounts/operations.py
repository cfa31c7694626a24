"""Writing users and teams, each with its entry in the audit."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields

from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F

from banso.kernel.errors import BansoError
from banso.web.accounts import queries
from banso.web.accounts.models import Team, User
from banso.web.audit import operations as audit
from banso.webkit.permissions import Role, Scope, Staff


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
    password: str | None,
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
        In clear; only its hash is kept. None: there is none, the person signs in
        by a provider or a passkey.
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
    if password is not None:
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
def change_user(
    user: User, person: Person, *, by: Staff | None, at: dt.datetime
) -> User:
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
    end_sessions(user)  # they do not come back with the person
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


def end_sessions(user: User) -> None:
    """End every session of a user, within the caller's transaction."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    user.refresh_from_db(fields=["sessions_ended"])
    UserSession.objects.filter(user_id=user.pk).delete()


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
