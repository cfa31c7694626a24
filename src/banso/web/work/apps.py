"""What the frame shows of work, and what it gives back to the facts."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import FactSource, Feature, NavEntry, ReleaseHook, Text
from banso.webkit.permissions import Role, Staff

if TYPE_CHECKING:
    from banso.runs.reading import ReleaseReader


def _take_in(reader: "ReleaseReader", _at: dt.datetime) -> None:
    from banso.web.work.publishing import take_in  # noqa: PLC0415  after the models

    take_in(reader)


def _move(gone_id: str, kept_id: str) -> None:
    from banso.web.work.moving import move_work  # noqa: PLC0415  after the models

    move_work(gone_id, kept_id)


def _moves(customer_id: str) -> Iterable[tuple[Text, int]]:
    from banso.web.work.moving import what_moves  # noqa: PLC0415  after the models

    return what_moves(customer_id)


def _lend(user: Staff) -> Collection[str]:
    from banso.web.work.claims import lent_customers  # noqa: PLC0415  after the models

    return lent_customers(user)


def _actions() -> Iterator[Mapping[str, object]]:
    from banso.web.work import facts  # noqa: PLC0415  after the models

    return facts.actions()


def _interactions() -> Iterator[Mapping[str, object]]:
    from banso.web.work import facts  # noqa: PLC0415  after the models

    return facts.interactions()


class WorkFeature(Feature):
    """What to do today, plays and tasks."""

    name = "banso.web.work"
    label = "work"
    navigation: ClassVar = (
        NavEntry(
            title=_("Today"),
            url_name="work:today",
            icon="sun",
            capability="see_work",
            order=5,
            home_of=frozenset({Role.CSM}),
        ),
        NavEntry(
            title=_("Plays"),
            url_name="work:plays",
            icon="list-checks",
            capability="see_work",
            order=21,
        ),
    )
    facts: ClassVar = (
        FactSource("actions", _actions),
        FactSource("interactions", _interactions),
    )
    on_merge: ClassVar = (_move,)
    moves: ClassVar = (_moves,)
    lends: ClassVar = (_lend,)
    on_release: ClassVar = (ReleaseHook(call=_take_in, order=20),)
    actions: ClassVar = {
        "item_delegated": _("Delegated the signal %(signal)s of %(subject)s."),
        "item_snoozed": _("Snoozed the signal %(signal)s of %(subject)s."),
        "item_dismissed": _("Dismissed the signal %(signal)s of %(subject)s."),
        "item_reopened": _("Opened the signal %(signal)s of %(subject)s again."),
        "play_started": _("Started the play %(play)s at %(subject)s."),
        "play_finished": _("Finished the play %(play)s at %(subject)s."),
        "play_stopped": _("Stopped the play %(play)s at %(subject)s."),
        "task_done": _("Did a task at %(subject)s: %(task)s."),
        "task_added": _("Added a task at %(subject)s: %(task)s."),
        "work_handed_over": _(
            "Handed over from %(subject)s to %(taker)s: %(items)s signals, %(plays)s"
            " plays, %(tasks)s tasks."
        ),
        "hand_over_ended": _("Ended the standing hand-over from %(subject)s."),
    }
    refusals: ClassVar = {
        "nobody_of_that_email": _("Nobody with the e-mail %(email)s may act."),
        "item_taken": _(
            "%(who)s was faster (%(when)s): %(what)s. Nothing was done twice; this is"
            " how it stands now."
        ),
        "signal_closed": _("The signal closed on %(day)s: %(why)s."),
        "play_moved": _("The play has moved on in the meantime: %(what)s."),
        "task_handed": _(
            "This task was handed over in the meantime: it is %(who)s's to do now."
        ),
        "task_moved": _("%(who)s has done this task already (%(when)s)."),
        "snooze_out_of_range": _(
            "Choose a day after today, at most %(days)s days ahead."
        ),
        "cannot_reopen": _(
            "A play is under way, or a trial holds it out. Stop the play first."
        ),
        "no_such_play": _("There is no play %(play)s any more. Choose another one."),
        "not_one_customer": _("A play is at one customer: choose cards of one."),
        "note_required": _("Write a note: whoever comes next needs it."),
        "answer_required": _("Say what came of it: it decides what follows."),
        "steps_left": _("A step is to be done still. Do it, or stop the play."),
        "hand_over_to_nobody": _("Choose somebody else who can sign in and act."),
    }
