"""Reading pairs of customers that may be one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404

from banso.web.customers import queries as customers
from banso.web.matching.models import MatchPair, Verdict
from banso.webkit.paging import Order, page_of
from banso.webkit.paging import Page as KeysetPage
from banso.webkit.permissions import Scope, Staff

Record = Mapping[str, object]
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


def list_pairs(
    user: Staff, *, decided: bool, cursor: str, size: int
) -> KeysetPage[Record]:
    """Return a page of pairs as values: those to decide, or those decided.

    Raises
    ------
    PermissionDenied
        The user does not see all customers.

    """
    if user.scope != Scope.ALL:
        raise PermissionDenied("merge_customers")
    pairs = MatchPair.objects.select_related("decided_by")
    if decided:
        pairs, order = (
            pairs.exclude(verdict=Verdict.OPEN),
            Order("decided_at", descending=True),
        )
    else:
        pairs, order = (
            pairs.filter(verdict=Verdict.OPEN),
            Order("score", descending=True),
        )
    page = page_of(pairs, order, cursor=cursor, size=size)
    rows = [_record(each) for each in _shown(user, page.rows)]
    return KeysetPage(rows, page.previous, page.next)


def pair_record(pair_id: int, *, visible_to: Staff) -> Record:
    """Return one pair as values, or answer 404."""
    (shown,) = _shown(visible_to, [get_pair(pair_id, visible_to=visible_to)])
    return _record(shown)


def merged() -> Mapping[str, str]:
    """Return the customer that stays, by the one that goes into it."""
    same = MatchPair.objects.filter(verdict=Verdict.SAME)
    return {pair.gone: pair.kept for pair in same.order_by("decided_at", "pk")}


def _record(shown: Shown) -> Record:
    pair = shown.pair
    likely = next((side.customer_id for side in shown.sides if side.is_kept), None)
    return {
        "pair_id": pair.pk,
        "score": pair.score,
        "reasons": pair.reasons,
        "customers": shown.sides,
        "verdict": pair.verdict,
        "kept": pair.kept or None,
        "likely_kept": likely if pair.verdict == Verdict.OPEN else None,
        "found_at": pair.found_at,
        "decided_at": pair.decided_at,
        "decided_by": pair.decided_by.email if pair.decided_by else None,
    }


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
