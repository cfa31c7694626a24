"""Reading customers: which ones a user may see, and how they stand."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import get_language

from banso.definitions.catalog import Catalog
from banso.runs.project import Project
from banso.runs.reading import ReleaseReader, reader_of
from banso.runs.results import lake_of, published_catalog
from banso.web.accounts import queries as accounts
from banso.web.customers.figures import EVERYBODY, Cell, Figures, added
from banso.web.customers.models import (
    CustomerAlias,
    CustomerNow,
    DefaultView,
    NoScore,
    OwnerFigures,
    PublishedRelease,
    SavedView,
)
from banso.web.customers.presentation import SHOWN, Row, RowMaker, money_text
from banso.web.customers.walking import fulfilling
from banso.webkit.features import lent_customers
from banso.webkit.permissions import Scope, Staff

# what the functions give; other features import it from here
__all__ = [
    "Cell",
    "Figures",
    "PublishedRelease",
    "Row",
    "active_among",
    "aliases",
    "company_currency",
    "count_without_score",
    "figures_for",
    "figures_of_owner",
    "find_default_view",
    "find_kept",
    "find_visible",
    "get_customer",
    "get_view",
    "has_facts",
    "lent_to",
    "list_among",
    "list_movers",
    "money_text",
    "name_of",
    "names_of",
    "no_score_labels",
    "owner_names",
    "owner_of",
    "published_definitions",
    "published_reader",
    "published_release",
    "read_consistently",
    "renewing_between",
    "sees_customer",
    "touch_of",
    "touches_of",
    "values_of",
    "visible_customers",
    "visible_name",
    "visible_owners",
    "visible_views",
]

Result = TypeVar("Result")
_ATTEMPTS: Final = 5


def visible_customers(user: Staff) -> QuerySet[CustomerNow]:
    """Return the customers that a user may see; every page reads through this."""
    customers = CustomerNow.objects.all()
    if user.scope == Scope.ALL:
        return customers
    if user.scope == Scope.TEAM:
        return customers.filter(owner__in=accounts.team_emails(user))
    return customers.filter(owner=user.email)


def values_of(
    keys: Collection[str], columns: Sequence[str]
) -> Iterator[tuple[object, ...]]:
    """Yield the key and some columns of customers, whoever sees them; by key.

    For what no person asked for: the draw of a trial looks at everybody.
    """
    rows = CustomerNow.objects.filter(pk__in=keys).order_by("pk")
    yield from rows.values_list("pk", *columns)


def visible_ids(user: Staff) -> list[str] | None:
    """Return the ids of the customers that a user sees; None for all of them."""
    if user.scope == Scope.ALL:
        return None
    return list(visible_customers(user).values_list("pk", flat=True))


def get_customer(customer_id: str, *, visible_to: Staff) -> CustomerNow:
    """Return a customer, or answer 404: it is not there, or not the user's to see.

    The user sees it when it is in scope (`visible_customers`, which lists keep to), or
    as long as the user has something to do there: a card, a play or a task.
    """
    customer = visible_customers(visible_to).filter(pk=customer_id).first()
    if customer is None and customer_id in lent_to(visible_to):
        customer = CustomerNow.objects.filter(pk=customer_id).first()
    if customer is None:
        raise Http404
    return customer


def find_visible(customer_id: str, user: Staff) -> CustomerNow | None:
    """Return a customer in the scope of a user; None: there is none of that key."""
    return visible_customers(user).filter(pk=customer_id).first()


def lent_to(user: Staff) -> set[str]:
    """Return the customers that a user sees for what there is to do, beyond scope."""
    return set() if user.scope == Scope.ALL else lent_customers(user)


def sees_customer(user: Staff, customer_id: str) -> bool:
    """Return whether a user may open the page of a customer."""
    in_scope = visible_customers(user).filter(pk=customer_id).exists()
    return in_scope or customer_id in lent_to(user)


def name_of(customer_id: str) -> str:
    """Return what a customer is called; nothing when no release has it any more."""
    named = CustomerNow.objects.filter(pk=customer_id).values_list("name", flat=True)
    return named.first() or ""


def visible_name(customer_id: str, user: Staff) -> str:
    """Return what a customer is called; nothing for one that the user does not see."""
    found = find_visible(customer_id, user)
    return found.name if found else ""


def touch_of(customer_id: str) -> str:
    """Return the touch model of a customer; nothing when none is known."""
    found = CustomerNow.objects.filter(pk=customer_id).values_list("touch", flat=True)
    return found.first() or ""


def aliases() -> dict[str, str]:
    """Return the customer that each merged one belongs to now, by the key it had."""
    return dict(CustomerAlias.objects.values_list("gone", "kept"))


def for_cards() -> QuerySet[CustomerNow]:
    """Return all customers with only what a card of something to do shows of them."""
    return CustomerNow.objects.only(
        "name", "owner", "band", "score", "change", "mrr", "currency", "p_churn",
        "renews_on", "notice_on", "last_active_on",
    )  # fmt: skip


def renewing_between(
    user: Staff, first: dt.date, last: dt.date, *, limit: int
) -> list[CustomerNow]:
    """Return the next customers of a user whose contracts are to be renewed."""
    epoch = dt.date(1970, 1, 1)
    span = ((first - epoch).days, (last - epoch).days)
    due = visible_customers(user).filter(sort_renews_up__range=span)
    active = fulfilling(due, "status", "exact", "active")
    return list(active.order_by("sort_renews_up", "customer_id")[:limit])


def find_kept(customer_id: str) -> str | None:
    """Return the customer into which another one was merged; None: it was not."""
    found = CustomerAlias.objects.filter(pk=customer_id).values_list("kept", flat=True)
    return found.first()


def owner_of(customer_id: str) -> str:
    """Return the owner of a customer; nothing for nobody."""
    found = CustomerNow.objects.filter(pk=customer_id).values_list("owner", flat=True)
    return found.first() or ""


def touches_of(customer_ids: Collection[str]) -> dict[str, str]:
    """Return the touch model of each of some customers, any number of them."""
    found = CustomerNow.objects.exclude(touch="").values_list("pk", "touch")
    wanted = set(customer_ids)
    return {key: touch for key, touch in found.iterator() if key in wanted}


def active_among(customer_ids: Collection[str]) -> set[str]:
    """Return which of some customers are active, any number of them."""
    wanted = list(customer_ids)
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        rows = CustomerNow.objects.filter(
            pk__in=wanted[start : start + 500], status="active"
        )
        found.update(rows.values_list("pk", flat=True))
    return found


def names_of(customer_ids: Collection[str]) -> dict[str, str]:
    """Return the names of customers; whether the reader sees them, the caller knows."""
    found = CustomerNow.objects.filter(pk__in=customer_ids)
    return dict(found.values_list("pk", "name"))


def published_release() -> PublishedRelease | None:
    """Return the release that the pages show; None before the first run."""
    return PublishedRelease.objects.first()


def is_newer_than(moment: dt.datetime) -> bool:
    """Return whether a release was published since a page was made."""
    return PublishedRelease.objects.filter(published_at__gt=moment).exists()


def published_reader() -> ReleaseReader | None:
    """Return this thread's reader of the published release; None before any."""
    release = published_release()
    folder = settings.BANSO_PROJECT_FOLDER
    if release is None or folder is None:
        return None
    return reader_of(_project(folder), release.release_id)


def published_definitions() -> Catalog | None:
    """Return the definitions behind the published release; None before any."""
    release = published_release()
    folder = settings.BANSO_PROJECT_FOLDER
    if release is None or folder is None or not release.definitions_digest:
        return None
    return published_catalog(lake_of(_project(folder)), release.definitions_digest)


def company_currency() -> str:
    """Return the company's currency; "" before there is any project."""
    folder = settings.BANSO_PROJECT_FOLDER
    return "" if folder is None else _project(folder).currency


@lru_cache(maxsize=4)
def _project(folder: Path) -> Project:
    return Project.open(folder)


def read_consistently(
    read: Callable[[PublishedRelease], Result],
) -> tuple[PublishedRelease, Result] | None:
    """Return what `read` gives, all of it from one release; None before the first run.

    A page reads several times; when a release is published in between, it reads again.
    """
    release = published_release()
    if release is None:
        return None
    result = read(release)
    for _attempt in range(_ATTEMPTS):
        after = published_release()
        if after is None or after.published_at == release.published_at:
            break
        release, result = after, read(after)
    return release, result


def has_facts() -> bool:
    """Return whether customers are loaded, whatever was computed of them."""
    folder = settings.BANSO_PROJECT_FOLDER
    if folder is None:
        return False
    customers = lake_of(Project.open(folder)).current().facts.get("customers")
    return customers is not None and customers.rows > 0


def visible_owners(user: Staff) -> QuerySet[OwnerFigures]:
    """Return the figures of the owners whose customers a user sees, one by one."""
    owners = OwnerFigures.objects.exclude(pk=EVERYBODY)
    if user.scope == Scope.ALL:
        return owners
    if user.scope == Scope.TEAM:
        return owners.filter(owner__in=accounts.team_emails(user))
    return owners.filter(owner=user.email)


def figures_for(user: Staff) -> Figures:
    """Return the sums over the customers that a user sees."""
    if user.scope == Scope.ALL:
        found = OwnerFigures.objects.filter(pk=EVERYBODY)
    else:
        found = visible_owners(user)
    kept = found.values_list("figures", flat=True)
    return added(Figures.from_json(figures) for figures in kept)


def owner_names(user: Staff) -> dict[str, str]:
    """Return what people read for each owner whose customers a user sees.

    The name that the owner has as a user of Banso, else the one of the table of staff,
    else what the facts say.
    """
    users = accounts.names_by_email()
    staff = visible_owners(user).values_list("owner", "name")
    return {owner: users.get(owner) or name or owner for owner, name in staff}


def list_movers(
    user: Staff, release: PublishedRelease, *, falling: bool, limit: int
) -> list[Row]:
    """Return the customers whose score fell or rose most, by a point at least.

    In the language of the request; they are active, and the user sees them.
    """
    way = "up" if falling else "down"
    customers = visible_customers(user).filter(**{f"sort_change_{way}__lte": -1})
    active = fulfilling(customers, "status", "exact", "active")
    moved = active.order_by(f"sort_change_{way}", "customer_id")
    makes = RowMaker(release, owner_names(user), get_language() or "en")
    return makes.rows(list(moved.values(*SHOWN)[:limit]))


def list_among(
    user: Staff, release: PublishedRelease, wanted: Collection[str], *, limit: int
) -> tuple[int, list[Row]]:
    """Return how many of some customers a user sees, and those that pay most.

    They are active. Any number may be wanted: no query holds their keys.
    """
    if not wanted:
        return 0, []
    active = visible_customers(user).filter(status="active")
    ordered = active.order_by("sort_mrr_down", "customer_id")
    keys = [k for k in ordered.values_list("pk", flat=True) if k in wanted]
    values = {
        v["customer_id"]: v for v in active.filter(pk__in=keys[:limit]).values(*SHOWN)
    }
    makes = RowMaker(release, owner_names(user), get_language() or "en")
    return len(keys), makes.rows([values[key] for key in keys[:limit]])


def count_without_score(user: Staff) -> dict[str, int]:
    """Return how many active customers have no score, by `models.NoScore`."""
    unscored = visible_customers(user).filter(status="active", band="unknown")
    counted = unscored.exclude(no_score="").values_list("no_score")
    return dict(counted.annotate(customers=Count("pk")).order_by("-customers"))


def visible_views(user: Staff) -> QuerySet[SavedView]:
    """Return the user's own views, and those that are shared with the user."""
    shared = Q(sharing=SavedView.Sharing.ALL)
    if user.team_id is not None:
        shared |= Q(sharing=SavedView.Sharing.TEAM, by__team_id=user.team_id)
    return SavedView.objects.filter(Q(by_id=user.pk) | shared).select_related("by")


def get_view(view_id: int, *, visible_to: Staff) -> SavedView:
    """Return a saved view, or answer 404."""
    view = visible_views(visible_to).filter(pk=view_id).first()
    if view is None:
        raise Http404
    return view


def find_default_view(user: Staff) -> SavedView | None:
    """Return the view that the user's list opens with; None: there is none."""
    chosen = DefaultView.objects.filter(user_id=user.pk).values_list("view", flat=True)
    return visible_views(user).filter(pk__in=chosen).first()


def figures_of_owner(owner: str) -> Figures:
    """Return the sums over the customers of one owner; of nobody for an empty text."""
    found = OwnerFigures.objects.filter(pk=owner).values_list("figures", flat=True)
    return added(Figures.from_json(figures) for figures in found)


def no_score_labels() -> dict[str, str]:
    """Return what people read for each reason of `count_without_score`."""
    return {code: str(label) for code, label in NoScore.choices}
