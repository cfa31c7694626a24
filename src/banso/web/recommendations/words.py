"""Codes and figures of recommendations in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.runs.reading import Row
from banso.web.forecast.queries import Names, chance_text
from banso.webkit import formatting
from banso.webkit.features import Text

KINDS: Final[Mapping[str, Text]] = {
    "feature": gettext_lazy("Feature"),
    "product": gettext_lazy("Product or module"),
    "plan": gettext_lazy("Plan"),
}
FOUND: Final = 0.05  # the false discovery rate at which a difference is called one
FEWEST_TAKERS: Final = 20
FEWEST_LEAVERS: Final = 5


def kind(key: str) -> str:
    """Return what an item is; an unknown kind as it is."""
    return str(KINDS.get(key, key))


def item_name(kind: str, item: str, names: Names) -> str:
    """Return what people call an item; as it is when nobody named it."""
    if kind == "feature":
        return names.event(item)
    return names.value(kind, item)


def share(row: Row, name: str) -> str:
    """Return the share that a column holds."""
    return chance_text(number(row[name]))


def interval(row: Row, low: str, high: str) -> str:
    """Return the interval of a share; nothing without."""
    ends = number(row[low]), number(row[high])
    if None in ends:
        return ""
    return "–".join(chance_text(end) for end in ends)


def taken_up(row: Row, *, is_similar: bool) -> str:
    """Return how many customers took the item of a suggestion up and kept it."""
    facts = {
        "share": share(row, "chance"),
        "n": formatting.number(number(row["peers"])),
        "interval": interval(row, "low", "high"),
    }
    if is_similar:
        said = _(
            "%(share)s of %(n)s customers like this one took it up within 90 days and"
            " kept it (%(interval)s)."
        )
    else:
        said = _(
            "%(share)s of %(n)s customers without it took it up within 90 days and"
            " kept it (%(interval)s)."
        )
    return said % facts


def stayed(row: Row) -> str:
    """Return whether those who took an item up stayed more often, in a sentence."""
    if row["stayed_reason"] is not None:
        return _no_comparison(row, str(row["stayed_reason"]))
    facts = {
        "share": share(row, "stayed_takers"),
        "n": formatting.number(number(row["stayed_takers_n"])),
        "other": share(row, "stayed_others"),
        "m": formatting.number(number(row["stayed_others_n"])),
    }
    if not is_difference(row):
        said = _(
            "No difference found in who stayed: %(share)s of %(n)s that took it up,"
            " %(other)s of %(m)s that did not, over 180 days."
        )
    elif (number(row["stayed_difference"]) or 0.0) > 0:
        said = _(
            "Those who took it up stayed more often: %(share)s of %(n)s, against"
            " %(other)s of %(m)s that did not, over 180 days. This is an association."
        )
    else:
        said = _(
            "Those who took it up stayed less often: %(share)s of %(n)s, against"
            " %(other)s of %(m)s that did not, over 180 days. This is an association."
        )
    return said % facts


def is_difference(row: Row) -> bool:
    """Return whether it is found that takers stayed more, or less, often."""
    q = number(row["stayed_q"])
    return q is not None and q <= FOUND


def _no_comparison(row: Row, reason: str) -> str:
    if reason == "too_few_takers":
        have = min(
            number(row[f"stayed_{side}_n"]) or 0 for side in ("takers", "others")
        )
        return _(
            "Whether those who took it up stayed more often: not enough data (n = %(n)s"
            " customers on the smaller side, needs %(need)s)."
        ) % {"n": formatting.number(have), "need": FEWEST_TAKERS}
    if reason == "too_few_events":
        return _(
            "Whether those who took it up stayed more often: not enough data (n = %(n)s"
            " customers that left, needs %(need)s)."
        ) % {
            "n": formatting.number(number(row["stayed_leavers"])),
            "need": FEWEST_LEAVERS,
        }
    return _(
        "Whether those who took it up stayed more often: not enough data (the history"
        " is too short)."
    )


def lack(reason: str, have: int, need: int) -> str:
    """Return what there is too little of, with n and what is needed."""
    facts = {"n": formatting.number(have), "need": formatting.number(need)}
    if reason == "too_short":
        return _("Not enough data (n = %(n)s days of use, needs %(need)s).") % facts
    return (
        _(
            "Not enough data (n = %(n)s customers that took something up and kept it,"
            " needs %(need)s)."
        )
        % facts
    )


def part(pair: tuple[str, str], names: Names) -> str:
    """Return something that speaks for an item: what is used, or a trait."""
    what, value = pair
    if what in KINDS:
        return item_name(what, value, names)
    return _("%(column)s: %(value)s") % {
        "column": names.label(what),
        "value": names.value(what, value),
    }


def number(value: object) -> float | None:
    """Return a value of a row as a number."""
    return None if value is None else float(str(value))
