"""What the frame shows of trials, and what they do on a release."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import FactSource, Feature, NavEntry, ReleaseHook, Text

if TYPE_CHECKING:
    from banso.runs.reading import ReleaseReader


# Models can be imported only once all features are there.


def _take_in(reader: "ReleaseReader", at: dt.datetime) -> None:
    from banso.web.trials.drawing_in import take_in  # noqa: PLC0415

    take_in(reader, at)


def _trials() -> Iterator[Mapping[str, object]]:
    from banso.web.trials.drawing_in import recorded_trials  # noqa: PLC0415

    return recorded_trials()


def _assignments() -> Iterator[Mapping[str, object]]:
    from banso.web.trials.drawing_in import recorded_assignments  # noqa: PLC0415

    return recorded_assignments()


def _merge(gone: str, kept: str) -> None:
    from banso.web.trials.drawing_in import merge_customers  # noqa: PLC0415

    merge_customers(gone, kept)


def _moves(customer_id: str) -> Iterable[tuple[Text, int]]:
    from banso.web.trials.drawing_in import count_assignments  # noqa: PLC0415

    yield _("Draws into trials"), count_assignments(customer_id)


class TrialsFeature(Feature):
    """Whether plays work, told by customers who were held out by lot."""

    name = "banso.web.trials"
    label = "trials"
    navigation: ClassVar = (
        NavEntry(
            title=_("Trials"),
            url_name="trials:list",
            icon="flask-conical",
            capability="see_trials",
            order=23,
        ),
    )
    facts: ClassVar = (
        FactSource("trials", _trials),
        FactSource("trial_assignments", _assignments),
    )
    on_release: ClassVar = (ReleaseHook(call=_take_in, order=10),)
    on_merge: ClassVar = (_merge,)
    moves: ClassVar = (_moves,)
    actions: ClassVar = {
        "trial_started": _("Started the trial %(subject)s."),
        "trial_stopped": _("Stopped the trial %(subject)s."),
        "always_act_marked": _("Marked %(subject)s as never to be held out."),
        "always_act_unmarked": _("Let %(subject)s be drawn into trials again."),
        "play_decided": _("Decided on the play %(subject)s: %(state)s."),
    }
    refusals: ClassVar = {
        "signal_on_trial": _(
            "Another trial of this signal is running. Stop it first: a customer can be"
            " held out for one question only."
        ),
        "trial_stopped": _("The trial %(name)s was stopped before."),
    }
