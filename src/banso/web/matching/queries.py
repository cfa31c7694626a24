"""Reading pairs of customers that may be one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.http import Http404

from banso.web.customers import queries as customers
from banso.web.matching.models import MatchPair, Verdict
from banso.webkit.permissions import Scope, Staff

ON_PAGE = 20


@dataclass(frozen=True)
class Side:
    """One customer of a pair, as the page shows it."""

    customer_id: str
    name: str
    status: str = ""  # empty: no release shows it, or not any more
    owner: str = ""
    mrr: Decimal | None = None
    currency: str = ""
    started_on: dt.date | None = None
    is_kept: bool = False  # chosen beforehand

    @property
    def is_here(self) -> bool:
        """Whether it has a page."""
        return bool(self.status)


@dataclass(frozen=True)
class Shown:
    """A pair as the page shows it."""

    pair: MatchPair
    sides: tuple[Side, Side]


@dataclass(frozen=True)
class PairsPage:
    """One page of pairs."""

    page: Page[MatchPair]
    pairs: Sequence[Shown]
    open: int
    decided: int


def get_pair(pair_id: int, *, visible_to: Staff, lock: bool = False) -> MatchPair:
    """Return a pair, or answer 404: it is not there, or not the user's to decide."""
    rows = MatchPair.objects.select_for_update() if lock else MatchPair.objects
    found = rows.filter(pk=pair_id).first()
    if found is None or visible_to.scope != Scope.ALL:
        raise Http404
    return found


def pairs_page(user: Staff, *, decided: bool, number: str) -> PairsPage | None:
    """Return a page of pairs to decide, or of those decided, the newest first.

    Only who sees all customers decides: a pair can lead out of any smaller scope. None
    for others.
    """
    if user.scope != Scope.ALL:
        return None
    open_ = MatchPair.objects.filter(verdict=Verdict.OPEN)
    closed = MatchPair.objects.exclude(verdict=Verdict.OPEN)
    shown = closed.order_by("-decided_at", "pk") if decided else open_
    page = Paginator(shown.select_related("decided_by"), ON_PAGE).get_page(number)
    return PairsPage(
        page=page,
        pairs=_shown(user, list(page.object_list)),
        open=open_.count(),
        decided=closed.count(),
    )


def merged() -> Mapping[str, str]:
    """Return the customer that stays, by the one that goes into it."""
    same = MatchPair.objects.filter(verdict=Verdict.SAME)
    return {pair.gone: pair.kept for pair in same.order_by("decided_at", "pk")}


def _shown(user: Staff, pairs: Sequence[MatchPair]) -> list[Shown]:
    keys = {key for pair in pairs for key in (pair.one, pair.other)}
    seen = customers.visible_customers(user).filter(pk__in=keys)
    sides = {
        each.pk: Side(
            customer_id=each.pk,
            name=each.name,
            status=each.status,
            owner=each.owner,
            mrr=each.mrr,
            currency=each.currency,
            started_on=each.started_on,
        )
        for each in seen
    }
    return [Shown(pair, _sides(pair, sides)) for pair in pairs]


def _sides(pair: MatchPair, known: Mapping[str, Side]) -> tuple[Side, Side]:
    stays = pair.kept or _likelier(pair, known)
    named = ((pair.one, pair.one_name), (pair.other, pair.other_name))
    one, other = (
        replace(
            known.get(key, Side(key, name)),
            is_kept=key == stays,
        )
        for key, name in named
    )
    return one, other


def _likelier(pair: MatchPair, sides: Mapping[str, Side]) -> str:
    """Return the one that has been a customer for longer; else the first."""

    def begun(key: str) -> tuple[bool, str]:
        found = sides.get(key)
        started = found.started_on if found else None
        return started is None, started.isoformat() if started else key

    return min((pair.one, pair.other), key=begun)
