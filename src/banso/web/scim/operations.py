"""What a directory changes, each with its entry in the audit."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction

from banso.kernel.errors import BansoError
from banso.web.accounts import operations as accounts
from banso.web.accounts import queries as people
from banso.web.accounts.queries import User
from banso.web.audit import operations as audit
from banso.web.scim import queries
from banso.web.scim.faults import ScimRefused, ScimTaken
from banso.web.scim.models import DirectoryGroup, DirectoryPerson, ScimToken
from banso.web.scim.patching import patched
from banso.web.scim.resources import GroupSent, PatchSent, UserSent, read
from banso.webkit.permissions import Role, Scope, Staff

BEGINNING = "banso_scim_"
_REFUSED = {"email_taken": (409, "uniqueness"), "email_invalid": (400, "invalidValue")}


class ScimTokenTaken(BansoError):
    """Refuse a second token of one name."""

    code = "scim_token_taken"


class NoSuchScimToken(BansoError):
    """Refuse a name that no token has."""

    code = "no_such_scim_token"


@transaction.atomic
def make_token(name: str, *, by: Staff | None, at: dt.datetime) -> str:
    """Return a new secret for a directory; it cannot be shown again."""
    secret = BEGINNING + secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    try:
        with transaction.atomic():
            token = ScimToken.objects.create(name=name, digest=digest, made_at=at)
    except IntegrityError as error:
        raise ScimTokenTaken(f"{name} is taken.", name=name) from error
    audit.record("scim_token_made", subject=token, by=by, at=at)
    return secret


@transaction.atomic
def revoke_token(name: str, *, by: Staff | None, at: dt.datetime) -> None:
    """Let a directory come no more with a token."""
    token = ScimToken.objects.filter(name=name, revoked_at=None).first()
    if token is None:
        raise NoSuchScimToken(
            f"There is no directory token {name}.",
            hint="See `banso scim list`.",
            name=name,
        )
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    audit.record("scim_token_revoked", subject=token, by=by, at=at)


def admit(secret: str, *, at: dt.datetime) -> bool:
    """Return whether a directory may come with this secret, and note that it did."""
    token = queries.find_token(secret)
    if token is None:
        return False
    minute = dt.timedelta(minutes=1)
    if token.last_used_at is None or at - token.last_used_at > minute:
        ScimToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return True


@transaction.atomic
def add_user(sent: UserSent, *, at: dt.datetime) -> User:
    """Add a person, or take over one who was removed before.

    Raises
    ------
    ScimTaken
        Somebody is there with the name, or with the e-mail.

    """
    name = sent.user_name.strip().lower()
    person = DirectoryPerson.objects.filter(user_name=name).first()
    if person is not None and person.removed_at is None:
        raise ScimTaken(f"There is a user {name} already.")
    if person is not None:
        person.removed_at = None
        person.save(update_fields=["removed_at"])
        user = people.get_user(user_id=person.user_id)
        return _replace(user, sent, active=sent.active is not False, at=at)
    if people.find_user_by_email(sent.email) is not None:
        raise ScimTaken(f"There is a user with the e-mail {sent.email} already.")
    standing = settings.BANSO_SCIM
    with _refusing():
        user = accounts.create_user(
            accounts.Person(
                email=sent.email,
                name=sent.shown_name,
                role=Role(standing["role"]),
                scope=Scope(standing["scope"]),
                team=standing["team"],
            ),
            password=None,
            by=None,
            at=at,
        )
    return _replace(user, sent, active=sent.active is not False, at=at)


@transaction.atomic
def replace_user(key: str, sent: UserSent, *, at: dt.datetime) -> User:
    """Let a user be as the directory has them; who was not its own becomes so."""
    user = queries.get_user(key)
    return _replace(user, sent, active=sent.active, at=at)


@transaction.atomic
def patch_user(key: str, sent: PatchSent, *, base: str, at: dt.datetime) -> User:
    """Change parts of a user."""
    user = queries.get_user(key)
    before = queries.show_user(user, base=base)
    after = patched(before, sent.operations)
    _let_follow(before, after)
    found = read(UserSent, after)
    return _replace(user, found, active=found.active, at=at)


@transaction.atomic
def remove_user(key: str, *, at: dt.datetime) -> None:
    """Deactivate a user, who is then not there for the directory any more."""
    user = queries.get_user(key)
    with _refusing():
        accounts.set_active(user, active=False, by=None, at=at)
    person, _made = DirectoryPerson.objects.get_or_create(
        user_id=user.pk, defaults={"user_name": user.email, "changed_at": at}
    )
    person.removed_at = at
    person.save(update_fields=["removed_at"])
    for group in DirectoryGroup.objects.filter(members=user.pk):
        group.members.remove(user.pk)


@transaction.atomic
def add_group(sent: GroupSent, *, at: dt.datetime) -> DirectoryGroup:
    """Add a group; what its members are follows the configuration."""
    _refuse_taken(sent.display_name)
    group = DirectoryGroup.objects.create(
        display_name=sent.display_name,
        external_id=sent.external_id or "",
        created_at=at,
        changed_at=at,
    )
    audit.record("directory_group_added", subject=group, by=None, at=at)
    _set_members(group, sent, at=at)
    return group


@transaction.atomic
def replace_group(key: str, sent: GroupSent, *, at: dt.datetime) -> DirectoryGroup:
    """Let a group be as the directory has it."""
    group = queries.get_group(key)
    return _replace_group(group, sent, at=at)


@transaction.atomic
def patch_group(
    key: str, sent: PatchSent, *, base: str, at: dt.datetime
) -> DirectoryGroup:
    """Change parts of a group, such as one member of it."""
    group = queries.get_group(key)
    after = patched(queries.show_group(group, base=base), sent.operations)
    return _replace_group(group, read(GroupSent, after), at=at)


@transaction.atomic
def remove_group(key: str, *, at: dt.datetime) -> None:
    """Remove a group; its members are what their other groups say."""
    group = queries.get_group(key)
    members = list(group.members.all())
    audit.record("directory_group_removed", subject=group, by=None, at=at)
    group.delete()
    for user in members:
        _follow_groups(user, at=at)


def _replace(
    user: User, sent: UserSent, *, active: bool | None, at: dt.datetime
) -> User:
    name = sent.user_name.strip().lower()
    person = queries.find_person(user)
    others = DirectoryPerson.objects.filter(user_name=name).exclude(user_id=user.pk)
    if others.exists():
        raise ScimTaken(f"There is a user {name} already.")
    if person is None:
        person = DirectoryPerson(user_id=user.pk)
        audit.record("directory_took_over", subject=user, by=None, at=at)
    person.user_name = name
    person.external_id = sent.external_id or ""
    person.given_name = (sent.name.given_name if sent.name else "") or ""
    person.family_name = (sent.name.family_name if sent.name else "") or ""
    person.changed_at = at
    person.save()
    with _refusing():
        _change(user, email=sent.email, name=sent.shown_name, at=at)
        if active is not None:
            accounts.set_active(user, active=active, by=None, at=at)
    return queries.get_user(str(user.pk))


def _let_follow(before: queries.Json, after: queries.Json) -> None:
    """Let what was made of a changed part follow it, unless it was changed too."""
    shown = before["displayName"]
    name = after.get("name")
    if name != before["name"] and after.get("displayName") == shown:
        after["displayName"] = None
        if isinstance(name, dict) and name.get("formatted") == shown:
            after["name"] = {**name, "formatted": None}
    was_email = str(before["userName"]) in str(before["emails"])
    renamed = after.get("userName") != before["userName"]
    if renamed and was_email and after.get("emails") == before["emails"]:
        after["emails"] = []  # the user name is the e-mail


def _change(user: User, *, email: str, name: str, at: dt.datetime) -> None:
    """Give a user e-mail and name, and what the groups say when groups say it."""
    standing = {
        "role": user.role,
        "scope": user.scope,
        "team": user.team.name if user.team else "",
    }
    if settings.BANSO_SCIM["groups"]:
        standing = dict(queries.standing_of(user))
    accounts.change_user(
        user,
        accounts.Person(
            email=email,
            name=name or user.name,
            role=Role(standing["role"]),
            scope=Scope(standing["scope"]),
            team=standing["team"],
        ),
        by=None,
        at=at,
    )


def _replace_group(
    group: DirectoryGroup, sent: GroupSent, *, at: dt.datetime
) -> DirectoryGroup:
    if sent.display_name != group.display_name:
        _refuse_taken(sent.display_name, but=group)
    group.display_name = sent.display_name
    group.external_id = sent.external_id or ""
    group.changed_at = at
    group.save()
    audit.record("directory_group_changed", subject=group, by=None, at=at)
    _set_members(group, sent, at=at)
    return group


def _set_members(group: DirectoryGroup, sent: GroupSent, *, at: dt.datetime) -> None:
    wanted = {each.value for each in sent.members}
    before = {str(user.pk) for user in group.members.all()}
    new = [queries.get_user(key) for key in sorted(wanted - before)]
    group.members.add(*(user.pk for user in new))
    gone = [key for key in sorted(before - wanted) if key.isdecimal()]
    group.members.remove(*map(int, gone))
    touched = {*map(int, wanted | before)}  # a group's new name counts for all
    for user in people.list_users().filter(pk__in=touched).order_by("pk"):
        _follow_groups(user, at=at)


def _follow_groups(user: User, *, at: dt.datetime) -> None:
    """Give a person of the directory what the groups say."""
    if queries.find_person(user) is None or not settings.BANSO_SCIM["groups"]:
        return
    with _refusing():
        _change(user, email=user.email, name=user.name, at=at)


def _refuse_taken(name: str, but: DirectoryGroup | None = None) -> None:
    others = DirectoryGroup.objects.filter(display_name=name)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        raise ScimTaken(f"There is a group {name} already.")


class _refusing:  # noqa: N801 - reads like a word of the language
    """Says a refusal of ours in the words of RFC 7644."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: object, error: BaseException | None, _trace: object
    ) -> None:
        if isinstance(error, BansoError) and not isinstance(error, ScimRefused):
            status, kind = _REFUSED.get(error.code, (409, ""))
            raise ScimRefused(error.message, status=status, kind=kind) from error


def tokens_in_words() -> Sequence[tuple[str, str, str, str]]:
    """Return the tokens as rows of text: name, made, last used, state."""
    return [
        (
            token.name,
            f"{token.made_at:%Y-%m-%d}",
            f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "",
            "revoked" if token.revoked_at else "valid",
        )
        for token in queries.list_tokens()
    ]
