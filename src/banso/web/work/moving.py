"""Moving work from a customer that was merged to the one that stays."""

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext

from banso.web.customers import queries as customers
from banso.web.work.claims import hold_openings
from banso.web.work.models import Action, HandOver, OpenPlay, Reach, Task, WorkItem
from banso.webkit.features import Text

_MERGED = "Merged"
_DECISION = (
    "state", "assignee_id", "snoozed_until", "dismissed_as", "why", "decided_by_id",
    "decided_at", "open_play_id",
)  # fmt: skip


def move_work(gone_id: str, kept_id: str) -> None:
    """Let everything that people did and have to do at one customer be another's.

    To be called within the transaction that merges them.
    """
    hold_openings(customer_id__in=[gone_id, kept_id])
    _move_plays(gone_id, kept_id)
    Task.objects.filter(customer_id=gone_id).update(customer_id=kept_id)
    _move_items(gone_id, kept_id)
    Action.objects.filter(customer_id=gone_id).update(customer_id=kept_id)
    HandOver.objects.filter(customer_id=gone_id).update(customer_id=kept_id)
    _move_reach(gone_id, kept_id)


def what_moves(customer_id: str) -> Iterator[tuple[Text, int]]:
    """Yield how much of work a merge would move from a customer."""
    items = WorkItem.objects.filter(customer_id=customer_id)
    plays = OpenPlay.objects.filter(customer_id=customer_id)
    tasks = Task.objects.filter(customer_id=customer_id)
    actions = Action.objects.filter(customer_id=customer_id)
    yield gettext("Open signals"), items.filter(closed_on__isnull=True).count()
    under_way = plays.filter(status=OpenPlay.Status.OPEN)
    yield gettext("Plays under way"), under_way.count()
    yield gettext("Open tasks"), tasks.filter(state=Task.State.OPEN).count()
    yield gettext("What was done and decided"), actions.count()


def _move_plays(gone_id: str, kept_id: str) -> None:
    """Move plays; of two that are the same one goes on, with the tasks of both.

    What was to be done in the other becomes a task by hand: nobody does it unasked,
    and nobody forgets it.
    """
    open_there = OpenPlay.objects.filter(
        customer_id=kept_id, status=OpenPlay.Status.OPEN
    )
    locked = open_there.select_for_update().order_by("pk")
    running = {play.play: play for play in locked}
    theirs = OpenPlay.objects.select_for_update().filter(customer_id=gone_id)
    for play in theirs.order_by("pk"):
        same = running.get(play.play)
        if play.status == OpenPlay.Status.OPEN and same is not None:
            play.status, play.note = OpenPlay.Status.STOPPED, _MERGED
            play.tasks.filter(state=Task.State.OPEN).update(
                open_play=None, step="", version=F("version") + 1
            )
            play.items.update(open_play=same)
        play.customer_id = kept_id
        play.version += 1
        play.save()


def _move_items(gone_id: str, kept_id: str) -> None:
    """Move openings; of two that are the same one stays, with what was decided."""
    there = {
        (item.signal, item.opened_on): item
        for item in WorkItem.objects.select_for_update().filter(customer_id=kept_id)
    }
    owner = customers.owner_of(kept_id)
    for item in WorkItem.objects.select_for_update().filter(customer_id=gone_id):
        same = there.get((item.signal, item.opened_on))
        if same is None:
            item.customer_id, item.owner = kept_id, owner
            item.save(update_fields=["customer_id", "owner"])
            continue
        if same.decided_at is None and item.decided_at is not None:
            for name in _DECISION:
                setattr(same, name, getattr(item, name))
            same.version += 1
            same.save()
        if item.closed_on is None:
            item.closed_on, item.closed_why = item.opened_on, WorkItem.Closed.MERGED
            item.save(update_fields=["closed_on", "closed_why"])


def _move_reach(gone_id: str, kept_id: str) -> None:
    """Let contacts with either count as contacts with the one that stays."""
    gone = Reach.objects.filter(pk=gone_id).first()
    if gone is None:
        return
    kept, _made = Reach.objects.select_for_update().get_or_create(pk=kept_id)
    kept.days = sorted([*kept.days, *gone.days])
    kept.people = kept.people or gone.people
    rests = [each for each in (kept.rest_until, gone.rest_until) if each is not None]
    kept.rest_until = max(rests, default=None)
    kept.save()
    gone.delete()
