"""Writing saved views."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.db import IntegrityError, transaction

from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.customers import queries
from banso.web.customers.models import DefaultView, SavedView
from banso.web.customers.selection import FIELDS, Selection
from banso.webkit.permissions import Staff, may


class ViewTaken(BansoError):
    """Refuse a second view of the same name of one user."""

    code = "view_taken"


class ViewNotYours(BansoError):
    """Refuse to change a view that somebody else made."""

    code = "view_not_yours"


class SharingRefused(BansoError):
    """Refuse to share a view to a user who may not."""

    code = "sharing_refused"


class NoTeam(BansoError):
    """Refuse to share a view with the team of a user who is in none."""

    code = "view_without_team"


@dataclass(frozen=True)
class ViewContent:
    """What a saved view holds."""

    name: str
    sharing: str
    query: str


@transaction.atomic
def save_view(content: ViewContent, *, by: Staff, at: dt.datetime) -> SavedView:
    """Keep a selection under a name.

    Raises
    ------
    ViewTaken, SharingRefused, NoTeam
        The name is taken, or the user cannot share the view so.

    """
    view = SavedView(by_id=by.pk)
    return _write(view, content, "view_saved", by=by, at=at)


@transaction.atomic
def change_view(
    view_id: int, content: ViewContent, *, by: Staff, at: dt.datetime
) -> SavedView:
    """Rename a view, share it otherwise, or let it hold another selection.

    Raises
    ------
    ViewNotYours, ViewTaken, SharingRefused, NoTeam
        The user may not change it, or not like that.

    """
    view = _own(view_id, by)
    return _write(view, content, "view_changed", by=by, at=at)


@transaction.atomic
def delete_view(view_id: int, *, by: Staff, at: dt.datetime) -> None:
    """Delete a view; whoever had it as the default opens with all customers again.

    Raises
    ------
    ViewNotYours
        Somebody else made it.

    """
    view = _own(view_id, by)
    audit.record("view_deleted", subject=view, by=by, at=at)
    view.delete()


@transaction.atomic
def choose_default_view(view_id: int | None, *, by: Staff, at: dt.datetime) -> None:
    """Let the user's list open with a view; with all customers for None."""
    if view_id is None:
        DefaultView.objects.filter(user_id=by.pk).delete()
        everything = audit.Subject(kind="savedview", id="", name="")
        audit.record("default_view_dropped", subject=everything, by=by, at=at)
        return
    view = queries.get_view(view_id, visible_to=by)
    DefaultView.objects.update_or_create(user_id=by.pk, defaults={"view": view})
    audit.record("default_view_chosen", subject=view, by=by, at=at)


def views_of(user: Staff) -> list[dict[str, object]]:
    """Return the saved views that a user sees, as values."""
    default = queries.find_default_view(user)
    views = queries.visible_views(user)
    return [_told(view, user, default) for view in views]


def view_of(view_id: int, user: Staff) -> dict[str, object]:
    """Return a saved view as values, or answer 404."""
    view = queries.get_view(view_id, visible_to=user)
    return _told(view, user, queries.find_default_view(user))


def _told(view: SavedView, user: Staff, default: SavedView | None) -> dict[str, object]:
    selection = Selection.read(dict(parse_qsl(view.query)))
    plain = {name: getattr(selection, name) for name in FIELDS}
    return {
        "view_id": view.pk,
        "name": view.name,
        "sharing": view.sharing,
        "by": view.by.email,
        "changed_at": view.changed_at,
        "may_change": may_change(view, user),
        "is_default": view == default,
        "filters": {**plain, "attributes": dict(selection.attributes)},
    }


def may_change(view: SavedView, user: Staff) -> bool:
    """Return whether a user may change or delete a view that the user sees."""
    return view.by_id == user.pk or may(user, "administer_users")


def _own(view_id: int, by: Staff) -> SavedView:
    view = queries.get_view(view_id, visible_to=by)
    if not may_change(view, by):
        raise ViewNotYours("Somebody else made this view.", name=view.name)
    return view


def _write(
    view: SavedView, content: ViewContent, action: str, *, by: Staff, at: dt.datetime
) -> SavedView:
    _check_sharing(view, content, by)
    view.name, view.query = content.name.strip(), content.query
    view.sharing, view.changed_at = content.sharing, at
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ViewTaken("There is a view of that name.", name=view.name) from error
    audit.record(
        action, subject=view, by=by, at=at, details={"sharing": content.sharing}
    )
    return view


def _check_sharing(view: SavedView, content: ViewContent, by: Staff) -> None:
    if content.sharing in (SavedView.Sharing.PRIVATE, view.sharing):
        return
    if not may(by, "share_views"):
        raise SharingRefused("This user may not share views.")
    if content.sharing == SavedView.Sharing.TEAM and by.team_id is None:
        raise NoTeam("A user without a team cannot share with it.")
