"""Whom a text mentions: an @ before the name of somebody who sees the customer."""

from collections.abc import Mapping
from typing import Final

from banso.web.accounts import queries as accounts
from banso.webkit.searching import normalized

_SIGNS: Final = "@＠"


def people_who_see(owner: str) -> Mapping[int, tuple[str, str]]:
    """Return name and e-mail of the users who see customers of an owner, by key."""
    return {user.pk: (user.name, user.email) for user in accounts.list_who_see(owner)}


def mentioned(text: str, people: Mapping[int, tuple[str, str]]) -> set[int]:
    """Return the keys of the people that a text mentions, by name or by e-mail.

    ``@Aoi`` does not mention Aoi in ``@Aoife``, where there is somebody of that name:
    of the names that fit a place the longest counts. Two of one name are both meant.
    """
    plain = normalized(text)
    names = [
        (normalized(name), key) for key, pair in people.items() for name in pair if name
    ]
    found: set[int] = set()
    for place in (i for i, sign in enumerate(plain) if sign in _SIGNS):
        fitting = [each for each in names if plain.startswith(each[0], place + 1)]
        longest = max((len(name) for name, _ in fitting), default=0)
        found |= {key for name, key in fitting if len(name) == longest}
    return found
