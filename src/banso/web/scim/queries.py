"""What a directory may read: people and groups, as SCIM has them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from banso.web.accounts import queries as accounts
from banso.web.accounts.queries import User
from banso.web.scim.faults import ScimRefused, ScimUnknown
from banso.web.scim.models import DirectoryGroup, DirectoryPerson, ScimToken
from banso.web.scim.resources import GROUP, LIST, USER

AT_MOST = 200  # resources in one answer
_EQUAL = re.compile(
    r'^\s*(?P<name>[\w.:\[\]" ]+?)\s+eq\s+"(?P<value>(?:[^"\\]|\\.)*)"\s*$',
    re.IGNORECASE,
)
_BEGINNINGS = tuple(f"{schema.lower()}:" for schema in (USER, GROUP))
Json = dict[str, object]


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for."""

    start: int = 1  # the first has 1
    count: int = AT_MOST
    filter: str = ""
    without: frozenset[str] = frozenset()  # attributes, in lower case
    only: frozenset[str] = frozenset()


def find_token(secret: str) -> ScimToken | None:
    """Return the token of a secret, unless it was revoked."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return ScimToken.objects.filter(digest=digest, revoked_at=None).first()


def list_tokens() -> QuerySet[ScimToken]:
    """Return all tokens by name."""
    return ScimToken.objects.all()


def get_user(key: str) -> User:
    """Return a user that is there for the directory."""
    people = DirectoryPerson.objects.filter(removed_at__isnull=False)
    found = accounts.list_users().exclude(pk__in=people.values("user_id"))
    user = found.filter(pk=int(key)).first() if key.isdecimal() else None
    if user is None:
        raise ScimUnknown(f"There is no user {key}.")
    return user


def find_person(user: User) -> DirectoryPerson | None:
    """Return what the directory said of a user, when it looks after the user."""
    return DirectoryPerson.objects.filter(user_id=user.pk).first()


def get_group(key: str) -> DirectoryGroup:
    """Return a group of the directory."""
    groups = DirectoryGroup.objects.filter(pk=int(key)) if key.isdecimal() else None
    group = groups.first() if groups is not None else None
    if group is None:
        raise ScimUnknown(f"There is no group {key}.")
    return group


def list_users(page: Page, *, base: str) -> Json:
    """Return the users that a filter finds."""
    people = DirectoryPerson.objects.filter(removed_at__isnull=False)
    users = accounts.list_users().exclude(pk__in=people.values("user_id"))
    users = users.order_by("pk")
    if page.filter:
        name, value = _equal(page.filter)
        users = users.filter(_user_filter(name, value))
    chosen = users[page.start - 1 : page.start - 1 + page.count]
    return _list(page, users.count(), show_users(list(chosen), base=base))


def list_groups(page: Page, *, base: str) -> Json:
    """Return the groups that a filter finds."""
    groups = DirectoryGroup.objects.all()
    if page.filter:
        name, value = _equal(page.filter)
        known = {"displayname": "display_name", "externalid": "external_id"}
        column = known.get(name)
        if column is None and name != "id":
            raise ScimRefused(f"Groups have no filter {name}.", kind="invalidFilter")
        if name == "id":
            groups = groups.filter(pk=int(value) if value.isdecimal() else 0)
        else:
            groups = groups.filter(**{f"{column}__iexact": value})
    chosen = groups[page.start - 1 : page.start - 1 + page.count]
    with_members = "members" not in page.without
    shown = [show_group(each, base=base, members=with_members) for each in chosen]
    return _list(page, groups.count(), shown)


def show_user(user: User, *, base: str) -> Json:
    """Return one user as JSON."""
    return show_users([user], base=base)[0]


def show_users(users: Sequence[User], *, base: str) -> list[Json]:
    """Return users as JSON, with three questions to the database for all."""
    keys = [user.pk for user in users]
    people = {
        each.user_id: each for each in DirectoryPerson.objects.filter(user_id__in=keys)
    }
    groups: dict[int, list[Json]] = {key: [] for key in keys}
    through = DirectoryGroup.members.through.objects.filter(user_id__in=keys)
    for link in through.select_related("directorygroup").order_by("pk"):
        group = link.directorygroup
        groups[link.user_id].append(
            {
                "value": str(group.pk),
                "display": group.display_name,
                "$ref": f"{base}/Groups/{group.pk}",
            }
        )
    return [_user(each, people.get(each.pk), groups[each.pk], base) for each in users]


def show_group(group: DirectoryGroup, *, base: str, members: bool = True) -> Json:
    """Return one group as JSON."""
    shown: Json = {
        "schemas": [GROUP],
        "id": str(group.pk),
        "displayName": group.display_name,
        **({"externalId": group.external_id} if group.external_id else {}),
        "meta": {
            "resourceType": "Group",
            "created": group.created_at.isoformat(),
            "lastModified": group.changed_at.isoformat(),
            "location": f"{base}/Groups/{group.pk}",
        },
    }
    if members:
        shown["members"] = [
            {
                "value": str(each.pk),
                "display": each.name,
                "$ref": f"{base}/Users/{each.pk}",
            }
            for each in group.members.order_by("pk")
        ]
    return shown


def standing_of(user: User) -> Mapping[str, str]:
    """Return role, scope and team by the user's groups and the configuration.

    Of several groups the first in the configuration that says something counts.
    """
    names = set(
        DirectoryGroup.objects.filter(members=user.pk).values_list(
            "display_name", flat=True
        )
    )
    known = settings.BANSO_SCIM
    said = [each for each in known["groups"] if each["name"] in names]
    return {
        key: next((each[key] for each in said if each[key]), known[key])
        for key in ("role", "scope", "team")
    }


def _user(
    user: User, person: DirectoryPerson | None, groups: list[Json], base: str
) -> Json:
    name: Json = {"formatted": user.name}
    if person is not None and person.given_name:
        name["givenName"] = person.given_name
    if person is not None and person.family_name:
        name["familyName"] = person.family_name
    changed = person.changed_at if person is not None else user.created_at
    return {
        "schemas": [USER],
        "id": str(user.pk),
        **(
            {"externalId": person.external_id}
            if person is not None and person.external_id
            else {}
        ),
        "userName": person.user_name if person is not None else user.email,
        "name": name,
        "displayName": user.name,
        "emails": [{"value": user.email, "type": "work", "primary": True}],
        "active": user.is_active,
        "groups": groups,
        "meta": {
            "resourceType": "User",
            "created": user.created_at.isoformat(),
            "lastModified": changed.isoformat(),
            "location": f"{base}/Users/{user.pk}",
        },
    }


def _user_filter(name: str, value: str) -> Q:
    people = DirectoryPerson.objects
    value = value.strip()
    if name == "username":
        known = people.filter(user_name=value.lower()).values("user_id")
        others = Q(email=value.lower()) & ~Q(pk__in=people.values("user_id"))
        return Q(pk__in=known) | others
    if name == "externalid":
        return Q(pk__in=people.filter(external_id=value).values("user_id"))
    if name == "id":
        return Q(pk=int(value) if value.isdecimal() else 0)
    if name in ("emails", "emails.value", 'emails[type eq "work"].value'):
        return Q(email=value.lower())
    raise ScimRefused(f"Users have no filter {name}.", kind="invalidFilter")


def _equal(text: str) -> tuple[str, str]:
    match = _EQUAL.match(text)
    if match is None:
        raise ScimRefused(
            f'The filter {text!r} cannot be followed: only NAME eq "VALUE" can.',
            kind="invalidFilter",
        )
    name = match["name"].lower()
    for beginning in _BEGINNINGS:
        name = name.removeprefix(beginning)
    return name, re.sub(r"\\(.)", r"\1", match["value"])


def _list(page: Page, total: int, shown: Sequence[Json]) -> Json:
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": page.start,
        "itemsPerPage": len(shown),
        "Resources": [reduced(each, page) for each in shown],
    }


def reduced(resource: Json, page: Page) -> Json:
    """Return the attributes that are asked for; `id` and `schemas` always."""
    always = ("id", "schemas")
    return {
        name: value
        for name, value in resource.items()
        if name in always
        or (
            name.lower() not in page.without
            and (not page.only or name.lower() in page.only)
        )
    }
