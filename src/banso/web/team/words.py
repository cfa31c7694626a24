"""The four pitfalls in words: what the figure is, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Pitfall:
    """A pitfall, and which customers are behind it."""

    key: str
    title: Text
    figure: Text
    todo: Text
    equal: Mapping[str, object] = field(default_factory=dict)
    order: Sequence[str] = ("-mrr", "customer_id")
    is_counted: bool = False  # whether the check counts the customers that are shown


PITFALLS: Final[Mapping[str, Pitfall]] = {
    each.key: each
    for each in (
        Pitfall(
            "bound",
            _("Knowledge that hangs on one person"),
            _(
                "Customers whose contacts of 180 days all went through one person of"
                " theirs or one of ours, of those with at least three contacts"
            ),
            _(
                "Take a colleague along to the next meeting, ask for a second contact,"
                " and keep the hand-over brief at hand. Shown are those with one CSM."
            ),
            equal={"one_csm": True},
        ),
        Pitfall(
            "bloated",
            _("Work that grows by itself"),
            _(
                "Customers whose contacts cost more than a quarter of what they pay in"
                " a year, of those whose cost and MRR are known"
            ),
            _(
                "Ask what each visit is for. Turn what repeats into a webinar, a"
                " template or a lighter touch."
            ),
            equal={"is_dear": True},
            order=("-cost_share", "customer_id"),
            is_counted=True,
        ),
        Pitfall(
            "reactive",
            _("Customer success in name only"),
            _(
                "Contacts of 13 weeks that we began, of those of which it is said who"
                " began"
            ),
            _(
                "Start the day from signals instead of the inbox. Shown are customers"
                " that we did not turn to within 90 days."
            ),
            equal={"ours_90": 0},
        ),
        Pitfall(
            "wandering",
            _("Aims that wander"),
            _("Versions of the definitions that were published within 90 days"),
            _(
                "Try a change as a draft and on history first, change several things at"
                " once, and write down why."
            ),
        ),
    )
}
_REASONS: Final[Mapping[str, Text]] = {
    "too_few": _("Too few to say anything: fewer than 10"),
    "too_few_openings": _("Fewer than 10 openings"),
    "no_costs": _("No staff costs or no minutes are known"),
    "no_initiative": _("Nobody said who began"),
}


def why_not(reason: str) -> str:
    """Return why there is no figure."""
    return str(_REASONS.get(reason, reason))
