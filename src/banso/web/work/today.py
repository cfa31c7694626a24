"""Reading the page of today, and one opening on its own."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from banso.web.customers import queries as customers
from banso.web.signals import queries as signals
from banso.web.work import words
from banso.web.work.addressing import Addressee, addressee_at, addressees
from banso.web.work.cards import Card, CardMaker
from banso.web.work.choosing import (
    ALL,
    MOST,
    PAGE_SIZE,
    Chosen,
    Wanted,
    choose,
    live_items,
)
from banso.web.work.claims import company_day, visible_items
from banso.web.work.drafts import (
    Draft,
    drafts_of,
    first_with_message,
    placeholder_values,
)
from banso.web.work.load import Absent, absent_people
from banso.web.work.models import (
    Action,
    KnownPlay,
    KnownSignal,
    OpenPlay,
    Reach,
    Task,
    WorkItem,
)
from banso.web.work.steps import steps_of
from banso.webkit import formatting
from banso.webkit.features import today_panels
from banso.webkit.options import options_html
from banso.webkit.permissions import Staff, may

State = Literal["ready", "nothing_yet", "none_defined"]
RENEWAL_DAYS: Final = 60
BESIDE: Final = 8
TASKS: Final = 12


@dataclass(frozen=True)
class LaterLine:
    """A customer for whom it is too early, or too late."""

    item_id: int
    customer_id: str
    name: str
    label: str
    why: str


@dataclass(frozen=True)
class RenewalLine:
    """A contract that is about to be renewed."""

    customer_id: str
    name: str
    day: dt.date
    mrr: str
    band: str


@dataclass(frozen=True)
class Beside:
    """What stands beside the cards."""

    tasks: Sequence[Task]
    to_finish: Sequence[OpenPlay]  # all their steps are done
    renewals: Sequence[RenewalLine]
    absent: Sequence[Absent]
    panels: Sequence[tuple[str, object]]  # of other features: template, what it shows


@dataclass(frozen=True)
class TodayPage:
    """Everything that the page shows."""

    state: State
    today: dt.date
    as_of: dt.date | None = None
    wanted: Wanted | None = None
    cards: Sequence[Card] = ()
    count: int = 0
    is_counted: bool = True  # otherwise there are more
    previous: str = ""
    next: str = ""
    later: Sequence[LaterLine] = ()
    later_count: int = 0
    beside: Beside | None = None
    owners: SafeString | str = ""  # options to filter by
    kinds: Sequence[tuple[str, str]] = ()

    @property
    def customer_ids(self) -> Iterator[str]:
        """The customers that it tells of, in the cards and beside them."""
        yield from (card.customer_id for card in self.cards)
        yield from (line.customer_id for line in self.later)
        if self.beside is not None:
            yield from (str(task.customer_id) for task in self.beside.tasks)


@dataclass(frozen=True)
class ItemPage:
    """One opening with everything that somebody needs to act on it."""

    item: WorkItem
    card: Card
    drafts: Sequence[Draft]
    draft_step: str
    plays: Sequence[tuple[str, str]]  # key and name of every play
    done: Sequence[tuple[Action, str]]  # lately at this customer, with words
    is_live: bool
    standing: str  # how it stands when it is not live
    may_reopen: bool
    rest_until: dt.date | None
    addressee: Addressee


def today_page(asked: Mapping[str, str], *, user: Staff, at: dt.datetime) -> TodayPage:
    """Return what a user has to do on the company's day of a moment."""
    today = company_day(at)
    release = customers.published_release()
    if release is None:
        return TodayPage("nothing_yet", today)
    wanted = Wanted.read(asked, user)
    beside = _beside(user, today, at)
    if not KnownSignal.objects.filter(is_current=True).exists():
        return TodayPage("none_defined", today, release.as_of, wanted, beside=beside)
    chosen = choose(user, wanted, today=today)
    items = _items(user, wanted, [*chosen.ready, *chosen.later])
    names = customers.owner_names(user)
    maker = CardMaker(today=today, user_id=user.pk)
    whom = addressees(chosen.ready, at=at)
    cards = maker.cards(chosen.ready, items, names, whom=whom)
    return TodayPage(
        "ready",
        today,
        release.as_of,
        wanted,
        cards=cards,
        count=min(chosen.ready_count, MOST),
        is_counted=chosen.ready_count <= MOST,
        previous=str(max(wanted.start - PAGE_SIZE, 0)) if wanted.start else "",
        next=str(wanted.start + PAGE_SIZE) if chosen.has_more else "",
        later=_later(chosen, items, maker),
        later_count=chosen.later_count,
        owners=_owner_options(names, wanted.whose),
        kinds=signals.kind_names(),
        beside=beside,
    )


def item_page(item_id: int, *, user: Staff, at: dt.datetime) -> ItemPage:
    """Return one opening, or answer 404."""
    item = get_item(item_id, visible_to=user)
    wanted = Wanted(whose=ALL)
    beside = _items(user, wanted, [str(item.customer_id)])
    is_live = any(other.pk == item.pk for other in beside)
    items = [item, *(other for other in beside if other.pk != item.pk)]
    maker = CardMaker(today=company_day(at), user_id=user.pk)
    (card,) = maker.cards(
        [str(item.customer_id)], items, customers.owner_names(user), first=item
    )
    reach = Reach.objects.filter(pk=item.customer_id).first()
    whom = addressee_at(str(item.customer_id), at=at)
    drafts, step = drafts_for(item, card.name, user=user, whom=whom)
    acted = Action.objects.filter(customer_id=item.customer_id).select_related("by")
    known = KnownPlay.objects.filter(is_current=True)
    return ItemPage(
        item=item,
        card=card,
        drafts=drafts,
        draft_step=step,
        plays=[(play.key, words.said(play.label)) for play in known],
        done=[(each, words.deed(each)) for each in acted.order_by("-at")[:BESIDE]],
        is_live=is_live,
        standing="" if is_live else words.standing(item),
        may_reopen=item.closed_on is None
        and item.state in (WorkItem.State.DISMISSED, WorkItem.State.DONE),
        rest_until=reach.rest_until if reach and _rests(reach, at) else None,
        addressee=whom,
    )


def get_item(item_id: int, *, visible_to: Staff) -> WorkItem:
    """Return an opening that a user may see, or answer 404."""
    found = (
        visible_items(visible_to)
        .select_related("customer", "assignee", "decided_by")
        .filter(pk=item_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def drafts_for(
    item: WorkItem, customer: str, *, user: Staff, whom: Addressee
) -> tuple[Sequence[Draft], str]:
    """Return the message to start from about an opening, and of which step it is."""
    if whom.is_refused:
        return (), ""
    play = KnownPlay.objects.filter(pk=item.play).first()
    step = first_with_message(steps_of(play.steps)) if play else None
    if step is None:
        return (), ""
    values = placeholder_values(
        customer=customer,
        contact=whom.name,
        reason={"ja": item.reason_ja, "en": item.reason_en},
        sender=user.name,
    )
    return drafts_of(step, values), words.said(step.label)


def _rests(reach: Reach, at: dt.datetime) -> bool:
    return reach.rest_until is not None and reach.rest_until > company_day(at)


def _items(user: Staff, wanted: Wanted, keys: Sequence[str]) -> list[WorkItem]:
    found = live_items(user, wanted).filter(customer_id__in=keys)
    customer = Prefetch("customer", customers.for_cards())
    found = found.select_related("assignee").prefetch_related(customer)
    return list(found.order_by("sort_worth", "pk"))


def _owner_options(names: Mapping[str, str], chosen: str) -> SafeString:
    named = [(email, name) for email, name in names.items() if email]
    return options_html(sorted(named, key=lambda pair: pair[1]), chosen)


def _later(
    chosen: Chosen, items: Sequence[WorkItem], maker: CardMaker
) -> list[LaterLine]:
    resting = dict(
        Reach.objects.filter(pk__in=chosen.later).values_list("pk", "rest_until")
    )
    first: dict[str, WorkItem] = {}
    for item in items:
        first.setdefault(str(item.customer_id), item)
    lines = []
    for key in chosen.later:
        item = first[key]
        thing = maker.thing(item)
        lines.append(
            LaterLine(
                item_id=item.pk,
                customer_id=key,
                name=item.customer.name if item.customer else key,
                label=thing.label,
                why=_why_later(item, resting.get(key), maker),
            )
        )
    return lines


def _why_later(item: WorkItem, rest_until: dt.date | None, maker: CardMaker) -> str:
    """Return why a customer is not to be contacted now, and from when it is."""
    if item.state == WorkItem.State.SNOOZED and maker.is_later(item):
        day = formatting.day(item.snoozed_until)
        return _("Snoozed until %(day)s.") % {"day": day}
    if item.urgency == 0:
        return _("Its window is over: it opened on %(day)s.") % {
            "day": formatting.day(item.opened_on)
        }
    return _("We contacted it lately: from %(day)s.") % {
        "day": formatting.day(rest_until)
    }


def _beside(user: Staff, today: dt.date, at: dt.datetime) -> Beside:
    """Return what a user has to do beside the cards, and who is gone."""
    tasks = Task.objects.filter(assignee_id=user.pk, state=Task.State.OPEN)
    waiting = Task.objects.filter(open_play_id=OuterRef("pk"), state=Task.State.OPEN)
    to_finish = OpenPlay.objects.filter(
        ~Exists(waiting), owner_id=user.pk, status=OpenPlay.Status.OPEN
    )
    may_hand_over = may(user, "hand_over_work")
    return Beside(
        tasks=list(tasks.select_related("customer", "open_play")[:TASKS]),
        to_finish=list(to_finish.select_related("customer")[:BESIDE]),
        renewals=_renewals(user, today),
        absent=absent_people(user, today=today) if may_hand_over else (),
        panels=_panels(user, at),
    )


def _panels(user: Staff, at: dt.datetime) -> list[tuple[str, object]]:
    """Return what other features have to show beside the cards."""
    found = [(panel.template, panel.read(user, at)) for panel in today_panels()]
    return [(template, shown) for template, shown in found if shown]


def _renewals(user: Staff, today: dt.date) -> list[RenewalLine]:
    due = customers.renewing_between(
        user, today, today + dt.timedelta(days=RENEWAL_DAYS), limit=BESIDE
    )
    return [
        RenewalLine(
            customer_id=each.pk,
            name=each.name,
            day=each.renews_on,
            mrr=customers.money_text(each.mrr, each.currency),
            band=each.band,
        )
        for each in due
        if each.renews_on is not None
    ]
