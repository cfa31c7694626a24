"""Reading users, teams and sessions."""

import datetime as dt
from collections.abc import Iterable, Sequence

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from banso.web.accounts.models import SignInFailure, Team
from banso.web.accounts.models import User as User  # noqa: PLC0414 - features read it
from banso.webkit.permissions import Role, Scope, Staff

Factor = Authenticator.Type
WINDOW = dt.timedelta(minutes=1)
PROOF_HOLDS = dt.timedelta(minutes=5)
FAILURES_PER_PERSON = 5  # of one address at one e-mail
FAILURES_PER_ADDRESS = 30


def list_users() -> QuerySet[User]:
    """Return all users with their teams, active ones first."""
    return User.objects.select_related("team").order_by("-is_active", "name", "pk")


def get_user(*, user_id: int) -> User:
    """Return a user, or answer 404."""
    return get_object_or_404(User.objects.select_related("team"), pk=user_id)


def find_user_by_email(email: str) -> User | None:
    """Return the user of an e-mail, whatever its case."""
    return User.objects.filter(email=email.strip().lower()).first()


def list_teams() -> QuerySet[Team]:
    """Return the teams by name."""
    return Team.objects.order_by("name")


def team_emails(user: Staff) -> Sequence[str]:
    """Return the e-mails of a user's team, the user's own among them."""
    if user.team_id is None:
        return (user.email,)
    members = User.objects.filter(team_id=user.team_id).order_by("email")
    return tuple(members.values_list("email", flat=True))


def list_who_see(owner: str) -> Sequence[User]:
    """Return the active users who see the customers of an owner, by name."""
    sees = Q(scope=Scope.ALL) | Q(email=owner)
    teams = User.objects.filter(email=owner, team__isnull=False).values("team_id")
    sees |= Q(scope=Scope.TEAM, team_id__in=teams)
    return list(User.objects.filter(sees, is_active=True).order_by("name", "pk"))


def names_by_email() -> dict[str, str]:
    """Return the names of all users by e-mail: owners as people read them."""
    return dict(User.objects.values_list("email", "name"))


def find_colleague(role: Role, *, team_id: int | None = None) -> User | None:
    """Return the first active user of a role by name, of a team when one is given."""
    users = User.objects.filter(role=role, is_active=True)
    if team_id is not None:
        users = users.filter(team_id=team_id)
    return users.order_by("name", "pk").first()


def list_active(*, beside: Staff | None = None) -> QuerySet[User]:
    """Return the users who may sign in and act, by name; without one of them."""
    users = User.objects.filter(is_active=True).exclude(role=Role.READ_ONLY)
    if beside is not None:
        users = users.exclude(pk=beside.pk)
    return users.order_by("name", "pk")


def hold_active(user: Staff) -> User | None:
    """Return a user as it is now, active until the transaction ends; else None.

    Whoever deactivates the user meanwhile waits, so that what is given to a person is
    given either before or not at all. Must be called within a transaction, as the last
    of its locks.
    """
    # no key: what only refers to the user need not wait
    locked = User.objects.select_for_update(no_key=True)
    found = locked.filter(pk=user.pk, is_active=True)
    return found.first()


def inactive_users() -> dict[str, str]:
    """Return the names of those who may not sign in any more, by e-mail."""
    return dict(User.objects.filter(is_active=False).values_list("email", "name"))


def has_other_administrator(*, than: User) -> bool:
    """Return whether another active user administers this site."""
    others = User.objects.exclude(pk=than.pk)
    return others.filter(role=Role.ADMINISTRATOR, is_active=True).exists()


def has_users() -> bool:
    """Return whether anybody can sign in yet."""
    return User.objects.filter(is_active=True).exists()


def is_locked_out(*, address: str, email: str, at: dt.datetime) -> bool:
    """Return whether sign-ins failed too often within the last minute."""
    recent = SignInFailure.objects.filter(address=address, at__gt=at - WINDOW)
    if recent.count() >= FAILURES_PER_ADDRESS:
        return True
    return recent.filter(email=email.strip().lower()).count() >= FAILURES_PER_PERSON


def has_password(user: Staff) -> bool:
    """Return whether a user can sign in by a password at all."""
    return get_user(user_id=user.pk).has_usable_password()


def shown_proofs(request: HttpRequest, user: object) -> list[dict[str, object]]:
    """Return by what a person was known in this session, in order."""
    records: list[dict[str, object]] = get_authentication_records(request, user)
    return records


def has_fresh_proof(request: HttpRequest, *, at: dt.datetime) -> bool:
    """Return whether the signed-in person showed who they are minutes ago."""
    shown = shown_proofs(request, request.user)
    return any(
        at.timestamp() - float(str(each["at"])) < PROOF_HOLDS.total_seconds()
        for each in shown
    )


def has_second_factor(request: HttpRequest) -> bool:
    """Return whether the signed-in person has one, or a provider looked after it."""
    if is_mfa_enabled(request.user, [Factor.TOTP, Factor.WEBAUTHN]):
        return True
    shown = shown_proofs(request, request.user)
    return any(each["method"] == "socialaccount" for each in shown)


def is_linked(user_id: int) -> bool:
    """Return whether a user entered by a provider before."""
    return bool(SocialAccount.objects.filter(user_id=user_id).exists())


def users_with_factors() -> frozenset[int]:
    """Return the keys of the users who have a second factor."""
    kinds = (Factor.TOTP, Factor.WEBAUTHN)
    found = Authenticator.objects.filter(type__in=kinds)
    return frozenset(found.values_list("user_id", flat=True))


def told(users: Iterable[User]) -> list[dict[str, object]]:
    """Return users as values, for programs of administrators."""
    with_factors = users_with_factors()
    names = ("email", "name", "role", "scope", "language", "is_active", "created_at")
    return [
        {
            "user_id": user.pk,
            "team": user.team.name if user.team else "",
            "has_second_factor": user.pk in with_factors,
            **{name: getattr(user, name) for name in names},
        }
        for user in users
    ]


def list_sessions(user: Staff) -> Sequence[UserSession]:
    """Return where a user is signed in, the latest first."""
    there = UserSession.objects.purge_and_list(user)
    for each in there:
        each.device = device_of(each.user_agent)
    return sorted(there, key=lambda each: each.created_at, reverse=True)


_BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox")),
    *(("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
_SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android")),
    *(("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS")),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Return browser and system in two words, as far as a browser tells them."""
    found = [
        next((word for mark, word in marks if mark in user_agent), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(word for word in found if word) or user_agent[:40]
