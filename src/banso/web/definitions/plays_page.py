"""Reading the plays in force, and the rules of touch and work beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from banso.definitions.catalog import Catalog
from banso.definitions.describing_plays import describe_step
from banso.definitions.plays import END, Play, Step
from banso.kernel.labels import Label
from banso.web.definitions.force import InForce, here
from banso.web.definitions.queries import Notice, notice_for
from banso.webkit import formatting
from banso.webkit.permissions import Staff

_TOUCHES = {
    "high": Label("ハイタッチ", "High touch"),
    "low": Label("ロータッチ", "Low touch"),
    "tech": Label("テックタッチ", "Tech touch"),
}


@dataclass(frozen=True)
class ShownStep:
    """A step of a play in words."""

    label: str
    how: str  # whose work, by when, how, how long
    ways: Sequence[tuple[str, str]]  # what may come of it, and what then follows


@dataclass(frozen=True)
class ShownPlay:
    """A play in words."""

    key: str
    label: str
    about: str
    minutes: int
    effect: str
    signals: Sequence[tuple[str, str]]  # that propose it: key and label
    steps: Sequence[ShownStep]


@dataclass(frozen=True)
class ContactLine:
    """How often customers of a touch model are contacted at most."""

    touch: str
    rest_days: int
    most: int  # in 28 days


@dataclass(frozen=True)
class PlaysPage:
    """The plays in force, and how the team works."""

    notice: Notice
    plays: Sequence[ShownPlay]
    contacts: Sequence[ContactLine]
    notice_days: int
    touch_models: Sequence[str]  # from the most care to the least; none without rules


def plays_page(user: Staff) -> PlaysPage:
    """Return every play with its steps, and the rules of contacts."""
    in_force = InForce.now()
    catalog = in_force.catalog
    contact = catalog.work.contact
    return PlaysPage(
        notice=notice_for(user, in_force),
        plays=[_play(play, catalog) for play in catalog.plays],
        contacts=[
            ContactLine(
                here(label),
                getattr(contact.rest_days, key),
                getattr(contact.most_in_28_days, key),
            )
            for key, label in _TOUCHES.items()
        ],
        notice_days=catalog.work.notice_days,
        touch_models=[
            here(model.label.label)
            for model in (catalog.touch.models if catalog.touch else ())
        ],
    )


def _play(play: Play, catalog: Catalog) -> ShownPlay:
    labels = {step.key: here(step.label.label) for step in play.steps}
    labels[END] = _("The play ends")
    return ShownPlay(
        key=play.key,
        label=here(play.label.label),
        about=here(play.about.label),
        minutes=play.minutes,
        effect=formatting.ratio(play.assumed_effect),
        signals=[
            (signal.key, here(signal.label.label))
            for signal in catalog.signals
            if signal.play == play.key
        ],
        steps=[_step(step, labels) for step in play.steps],
    )


def _step(step: Step, labels: dict[str, str]) -> ShownStep:
    return ShownStep(
        label=labels[step.key],
        how=here(describe_step(step)),
        ways=[
            (here(branch.label.label), labels.get(branch.then, branch.then))
            for branch in step.branches
        ],
    )
