"""Which two dates a page compares, as the address says it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from banso.web.customer.history import History
from banso.webkit import formatting

PRESETS: Final[Mapping[str, int]] = {"previous": 1, "28": 28, "91": 91}
USUAL: Final = "28"


@dataclass(frozen=True)
class Comparison:
    """The dates compared; both are as-of dates of the customer."""

    asked: str  # what the address says: a preset or a date
    before: dt.date | None  # None: there is nothing earlier
    after: dt.date
    first: dt.date  # of the history
    cut: bool  # the date asked for lies before the history

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """The presets: value, words, whether chosen."""
        words = {
            "previous": _("Previous date"),
            "28": _("28 days"),
            "91": _("91 days"),
        }
        return [(key, word, key == self.asked) for key, word in words.items()]

    @property
    def is_date(self) -> bool:
        """Whether the address names a date of its own."""
        return self.asked not in PRESETS

    @property
    def since(self) -> str:
        """The date compared with, in words."""
        return formatting.day(self.before)


def comparison(history: History, asked: Mapping[str, str]) -> Comparison | None:
    """Return the dates that ``from`` and ``to`` of an address mean; None: no history.

    A date between two as-of dates means the earlier one; one that cannot be read means
    the usual 28 days. ``from`` before the history means its first date.
    """
    if not history.dates:
        return None
    first, last = history.dates[0], history.dates[-1]
    wanted_end = _date(asked.get("to", "")) or last
    after = history.date_until(wanted_end) or first
    text = asked.get("from", "")
    day = _date(text)
    if text not in PRESETS and day is None:
        text = USUAL
    target = day or after - dt.timedelta(days=PRESETS[text])
    before = history.date_until(min(target, after - dt.timedelta(days=1)))
    cut = before is None
    if cut and first < after:
        before = first
    return Comparison(text, before, after, first, cut)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
