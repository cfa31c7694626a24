"""What the frame shows of touch models."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import FactSource, Feature, NavEntry, Text


def _assignments() -> Iterator[Mapping[str, object]]:
    from banso.web.touch import queries  # noqa: PLC0415 - models are not ready before

    return queries.assignment_facts()


def _merged(gone: str, kept: str) -> None:
    from banso.web.touch import operations  # noqa: PLC0415 - likewise

    operations.move_assignments(gone=gone, kept=kept)


def _moves(customer_id: str) -> Iterable[tuple[Text, int]]:
    from banso.web.touch import queries  # noqa: PLC0415 - likewise

    yield _("Assignments"), queries.count_assignments(customer_id)


class TouchFeature(Feature):
    """Which care customers get, and from whom."""

    name = "banso.web.touch"
    label = "touch"
    navigation: ClassVar = (
        NavEntry(
            title=_("Touch models"),
            url_name="touch:page",
            icon="hand-helping",
            capability="see_touch",
            order=26,
        ),
    )
    actions: ClassVar = {
        "touch_accepted": _("Accepted what was proposed for %(subject)s."),
        "touch_overridden": _("Set touch model or owner of %(subject)s by hand."),
        "touch_ended": _("Ended the assignment of %(subject)s."),
        "touch_exported": _("Exported touch models (%(subject)s)."),
    }
    refusals: ClassVar = {
        "no_such_touch": _(
            "There is no touch model and nobody of ours called %(name)s."
        ),
        "proposal_outdated": _(
            "A newer run has other proposals. Look at them and accept again."
        ),
        "nothing_proposed": _("None of these customers has a proposal any more."),
        "nothing_assigned": _("Choose a touch model or an owner."),
        "day_is_over": _("The last day must not be before today."),
        "already_ended": _("%(by)s ended this assignment already."),
    }
    facts: ClassVar = (FactSource("assignments", _assignments),)
    on_merge: ClassVar = (_merged,)
    moves: ClassVar = (_moves,)
