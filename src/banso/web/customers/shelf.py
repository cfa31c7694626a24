"""The views beside the list: those that Banso offers, and the saved ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from banso.web.customers import queries, view_operations
from banso.web.customers.models import SavedView
from banso.web.customers.selection import Selection
from banso.webkit.permissions import Staff

NO_VIEW: Final = "0"
OFFERED: Final[Mapping[str, object]] = {
    "": _("All active"),
    "band=at_risk&sort=-mrr": _("At risk"),
    "sort=change": _("Falling"),
    "renews=90&sort=renews": _("Renewing within 90 days"),
    "notice=given&sort=-mrr": _("Gave notice"),
}


@dataclass(frozen=True)
class Entry:
    """One view as the page offers it."""

    name: str
    url: str
    is_current: bool
    shared_by: str = ""  # somebody else


@dataclass(frozen=True)
class Shelf:
    """All views that a user may open, and what the page shows of them now."""

    entries: Sequence[Entry]
    current: SavedView | None
    is_changed: bool  # the page shows something else than the current view holds
    may_change: bool


def shelf_for(user: Staff, selection: Selection, *, view_id: str) -> Shelf:
    """Return the views for a user whose page shows `selection` within a view."""
    views = list(queries.visible_views(user))
    current = next((view for view in views if str(view.pk) == view_id), None)
    offered = [
        Entry(
            name=str(name),
            url=list_url(query),
            is_current=current is None and query == selection.query,
        )
        for query, name in OFFERED.items()
    ]
    own_first = sorted(views, key=lambda view: view.by_id != user.pk)
    saved = [
        Entry(
            name=view.name,
            url=view_url(view),
            is_current=view is current,
            shared_by="" if view.by_id == user.pk else view.by.name,
        )
        for view in own_first
    ]
    return Shelf(
        entries=[*offered, *saved],
        current=current,
        is_changed=current is not None and current.query != selection.query,
        may_change=current is not None and view_operations.may_change(current, user),
    )


def list_url(query: str, *, view: str = NO_VIEW) -> str:
    """Return the address of the list with a query of `Selection.query`."""
    parts = [part for part in (query, f"view={view}") if part]
    return f"{reverse('customers:list')}?{'&'.join(parts)}"


def view_url(view: SavedView) -> str:
    """Return the address of the list as a saved view shows it."""
    return list_url(view.query, view=str(view.pk))
