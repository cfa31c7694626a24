"""The cards of today: one for each customer, with everything that is open there."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, cast

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banso.web.customers import queries as customers
from banso.web.work import words
from banso.web.work.addressing import NOBODY, Addressee
from banso.web.work.models import KnownPlay, KnownSignal, OpenPlay, WorkItem
from banso.webkit import formatting
from banso.webkit.sparkline import sparkline


class Customer(Protocol):
    """How a customer stands, as the newest run left it."""

    pk: str
    name: str
    owner: str
    band: str
    score: float | None
    change: float | None
    mrr: object
    currency: str
    p_churn: float | None
    renews_on: dt.date | None
    notice_on: dt.date | None
    last_active_on: dt.date | None


@dataclass(frozen=True)
class Thing:
    """One signal that is open at a customer."""

    item_id: int
    version: int
    signal: str
    label: str
    kind: str
    reason: str
    since: dt.date
    is_snoozed: bool
    note: str  # what the one said who delegated it


@dataclass(frozen=True)
class Worth:
    """What acting is worth, and what that is made of."""

    value: str  # empty: it cannot be told
    chance: str
    amount: str
    urgency: str
    effect: str
    effect_basis: str  # proven | assumed
    lacks: str  # which part is not known


@dataclass(frozen=True)
class Proposal:
    """The play that a card proposes."""

    key: str
    label: str
    about: str
    steps: int
    minutes: int


@dataclass(frozen=True)
class Card:
    """One customer for whom something is to be done."""

    customer_id: str
    name: str
    owner: str
    band: str
    first: Thing
    others: Sequence[Thing]
    worth: Worth
    trend: SafeString | str
    trend_label: str
    evidence: Sequence[tuple[str, str]]  # what, and how much
    track_record: str  # how often the signal was right
    proposal: Proposal | None
    running: Sequence[OpenPlay]
    delegated: str  # to whom; empty: nobody
    is_delegated_to_me: bool
    addressee: Addressee = NOBODY  # whom to contact, as consent allows

    @property
    def things(self) -> Sequence[Thing]:
        """Everything that is open, the most worth first."""
        return [self.first, *self.others]


class CardMaker:
    """Makes cards in the language of the request.

    Parameters
    ----------
    today
        The company's day.
    user_id
        Whose page it is.

    """

    def __init__(self, *, today: dt.date, user_id: int) -> None:
        self._today, self._user_id = today, user_id
        self._signals = KnownSignal.objects.in_bulk()
        self._plays = KnownPlay.objects.filter(is_current=True).in_bulk()
        self._money = customers.company_currency()

    def cards(
        self,
        keys: Sequence[str],
        items: Sequence[WorkItem],
        names: Mapping[str, str],
        *,
        first: WorkItem | None = None,
        whom: Mapping[str, Addressee] | None = None,
    ) -> list[Card]:
        """Return the cards of customers, in their order.

        Parameters
        ----------
        keys
            The customers.
        items
            All that is open at them, the most worth first.
        names
            What people read for an owner.
        first
            What comes first whatever it is worth; None: what is to be done now.
        whom
            Whom to contact at each customer.

        """
        found: dict[str, list[WorkItem]] = defaultdict(list)
        for item in items:
            found[str(item.customer_id)].append(item)
        running: dict[str, list[OpenPlay]] = defaultdict(list)
        for play in OpenPlay.objects.filter(
            customer_id__in=keys, status=OpenPlay.Status.OPEN
        ).select_related("owner"):
            running[str(play.customer_id)].append(play)
        cards = [
            self._card(found[key], running[key], names, first)
            for key in keys
            if found[key]
        ]
        known = whom or {}
        return [
            replace(card, addressee=known.get(card.customer_id, NOBODY))
            for card in cards
        ]

    def _card(
        self,
        items: Sequence[WorkItem],
        running: Sequence[OpenPlay],
        names: Mapping[str, str],
        chosen: WorkItem | None,
    ) -> Card:
        # what is to be done now comes first, though something snoozed be worth more
        ordered = sorted(
            items,
            key=lambda item: (
                chosen is not None and item is not chosen,
                self.is_later(item),
            ),
        )
        first = ordered[0]
        customer = cast("Customer | None", first.customer)
        signal = self._signals.get(first.signal)
        owner = first.owner
        return Card(
            customer_id=str(first.customer_id),
            name=customer.name if customer else str(first.customer_id),
            owner=names.get(owner, owner),
            band=customer.band if customer else "unknown",
            first=self.thing(first),
            others=[self.thing(item) for item in ordered[1:]],
            worth=worth_of(first, self._money),
            trend=_trend(first, signal),
            trend_label=words.said(signal.trend_label) if signal else "",
            evidence=_evidence(customer) if customer else (),
            track_record=track_record(signal),
            proposal=self.proposal(first.play),
            running=running,
            delegated=first.assignee.name if first.assignee else "",
            is_delegated_to_me=first.assignee_id == self._user_id,
        )

    def is_later(self, item: WorkItem) -> bool:
        """Return whether an opening is not to be acted on now."""
        snoozed = item.state == WorkItem.State.SNOOZED and (
            item.snoozed_until is None or item.snoozed_until > self._today
        )
        return snoozed or item.urgency == 0

    def thing(self, item: WorkItem) -> Thing:
        """Return what a card says of an opening."""
        signal = self._signals.get(item.signal)
        return Thing(
            item_id=item.pk,
            version=item.version,
            signal=item.signal,
            label=words.said(signal.label) if signal else item.signal,
            kind=item.kind,
            reason=words.reason(item),
            since=item.opened_on,
            is_snoozed=item.state == WorkItem.State.SNOOZED and self.is_later(item),
            note=item.why if item.assignee_id and item.state == "open" else "",
        )

    def proposal(self, key: str) -> Proposal | None:
        """Return a play as a card proposes it; None when it is not defined any more."""
        play = self._plays.get(key)
        if play is None:
            return None
        return Proposal(
            key=play.key,
            label=words.said(play.label),
            about=words.said(play.about),
            steps=len(play.steps),
            minutes=sum(int(step.get("minutes", 0)) for step in play.steps),
        )


def worth_of(item: WorkItem, money: str) -> Worth:
    """Return what acting on an opening is worth, as the run worked it out.

    Parameters
    ----------
    item
        The opening; its amount is in the currency of the customer.
    money
        The currency of its worth, the company's; "" when the release does not say.

    """
    lacks = ""
    if item.worth is None:
        lacks = (
            _("Its worth is not known: nothing tells the chance yet.")
            if item.chance is None
            else _("Its worth is not known: no amount is known.")
            if item.amount is None
            else _("Its worth is not known: no play is proposed.")
            if item.effect is None
            else _("Its worth is not known.")
        )
    value = ""
    if item.worth is not None:
        value = formatting.compact_money(item.worth, money or item.currency)
    return Worth(
        value=value,
        chance=formatting.ratio(item.chance),
        amount=formatting.MISSING
        if item.amount is None
        else formatting.compact_money(item.amount, item.currency),
        urgency=formatting.ratio(item.urgency),
        effect=formatting.ratio(item.effect),
        effect_basis=item.effect_basis,
        lacks=lacks,
    )


def track_record(signal: KnownSignal | None) -> str:
    """Return how often a signal was right, beside how often any customer would be."""
    figures = signal.figures if signal else {}
    right, base = figures.get("precision"), figures.get("base_rate")
    if signal is None or not right or not base:
        return _("How often this signal is right is not known yet.")
    return ngettext(
        "Right in %(right)s of the times it opened (%(low)s–%(high)s), against %(base)s"
        " of all customers; over %(n)s month.",
        "Right in %(right)s of the times it opened (%(low)s–%(high)s), against %(base)s"
        " of all customers; over %(n)s months.",
        signal.months,
    ) % {
        "right": formatting.ratio(right["value"]),
        "low": formatting.ratio(right["low"]),
        "high": formatting.ratio(right["high"]),
        "base": formatting.ratio(base["value"], places=1),
        "n": signal.months,
    }


def _trend(item: WorkItem, signal: KnownSignal | None) -> SafeString | str:
    values = item.trend
    if not isinstance(values, list):
        return ""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    said = _("%(what)s: from %(first)s to %(last)s in %(n)s weeks.") % {
        "what": words.said(signal.trend_label) if signal else "",
        "first": formatting.quantity(known[0]),
        "last": formatting.quantity(known[-1]),
        "n": len(values),
    }
    low, high = min(known), max(known)
    return sparkline(values, title=said, low=min(low, 0), high=high or 1)


def _evidence(customer: Customer) -> list[tuple[str, str]]:
    """Return the numbers of a customer that somebody wants before acting."""
    found = []
    if customer.score is not None:
        text = formatting.points(customer.score)
        if customer.change is not None:
            moved = formatting.change(customer.change)
            text = _("%(score)s (%(change)s in 28 days)") % {
                "score": text,
                "change": moved,
            }
        found.append((_("Health"), text))
    if customer.mrr is not None:
        money = customers.money_text(customer.mrr, customer.currency)  # type: ignore[arg-type]
        found.append((_("MRR"), money))
    if customer.p_churn is not None:
        places = 1 if 0 < customer.p_churn < 0.1 else 0
        chance = formatting.ratio(customer.p_churn, places=places)
        found.append((_("Chance of churn within 90 days"), chance))
    for title, day in (
        (_("Gave notice on"), customer.notice_on),
        (_("Contract renewal"), customer.renews_on),
        (_("Last active"), customer.last_active_on),
    ):
        if day is not None:
            found.append((title, formatting.short_day(day)))
    return found
