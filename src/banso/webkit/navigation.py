"""The navigation: the entries of all features that a user may follow."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from banso.webkit.features import NavEntry, installed_features
from banso.webkit.permissions import may


@dataclass(frozen=True)
class NavLink:
    """An entry of the navigation with its address."""

    entry: NavEntry
    url: str
    is_current: bool
    count_url: str = ""  # of a fragment with how much there waits for the user


def nav_links(request: HttpRequest) -> Sequence[NavLink]:
    """Return what the user may follow, in order; nothing for a visitor.

    An entry is current when it is the longest that the request's path begins with.
    """
    user = getattr(request, "user", None)
    if not getattr(user, "is_authenticated", False):
        return ()
    entries = sorted(
        (entry for feature in installed_features() for entry in feature.navigation),
        key=lambda entry: entry.order,
    )
    urls = {e: reverse(e.url_name) for e in entries if may(user, e.capability)}
    matching = [url for url in urls.values() if request.path.startswith(url)]
    current = max(matching, key=len, default=None)
    return [
        NavLink(entry, url, url == current, _count_url(entry))
        for entry, url in urls.items()
    ]


def _count_url(entry: NavEntry) -> str:
    return reverse(entry.count_url_name) if entry.count_url_name else ""
