"""Which figures of revenue a page shows, as its address says it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from banso.analytics.revenue.movements import GRAINS, Grain
from banso.analytics.revenue.periods import first_day
from banso.analytics.revenue.units import WHOLE
from banso.charts.revenue import STEPS
from banso.runs.revenue_reading import Behind, RevenueReading

NOT_SAID: Final = "-"  # in an address: the segment of which nothing is said


@dataclass(frozen=True)
class Selection:
    """What is looked at."""

    grain: Grain
    period: dt.date | None  # its first day; None: the newest
    grouping: str  # `WHOLE`: no split
    segment: str | None  # of the grouping; null: nothing is said; '': all of them
    currency: str
    kind: str = ""
    start: int = 0

    @classmethod
    def read(cls, asked: Mapping[str, str], reading: RevenueReading) -> "Selection":
        """Return what an address asks for; what cannot be asked for is left out."""
        wanted = [each for each in GRAINS if each == asked.get("by")]
        grain: Grain = wanted[0] if wanted else "month"
        grouping = asked.get("grouping", "")
        if grouping not in reading.groupings:
            grouping = WHOLE
        segment: str | None = asked.get("segment", "") if grouping else ""
        kind, start = asked.get("kind", ""), asked.get("at", "")
        return cls(
            grain=grain,
            period=_day(asked.get("period", ""), grain),
            grouping=grouping,
            segment=None if segment == NOT_SAID else segment,
            currency=asked.get("currency", "")
            or str(reading.note.get("currency") or settings.BANSO_CURRENCY),
            kind=kind if kind in STEPS else "",
            start=int(start) if start.isdecimal() and len(start) < 10 else 0,
        )

    @property
    def is_of_segment(self) -> bool:
        """Whether one segment alone is looked at."""
        return self.segment != ""

    def behind(self, period: dt.date) -> Behind:
        """Return which rows are behind the figure."""
        has_segment = self.grouping != WHOLE and self.is_of_segment
        return Behind(
            grain=self.grain,
            period=period,
            kind=self.kind,
            grouping=self.grouping if has_segment else WHOLE,
            segment=self.segment,
            currency=self.currency,
        )

    def lines_url(
        self,
        period: dt.date,
        kind: str,
        *,
        segment: str | None = "",
    ) -> str:
        """Return the address of the rows behind a movement or a level.

        `segment` is another one than the selection's: null, or a text that is not
        empty.
        """
        return self._url("revenue:lines", period, kind=kind, segment=segment)

    def page_url(self, period: dt.date, *, segment: str | None = "") -> str:
        """Return the address of the page with a period and perhaps a segment."""
        return self._url("revenue:page", period, segment=segment)

    def _url(
        self, name: str, period: dt.date, *, segment: str | None, kind: str = ""
    ) -> str:
        chosen = self.segment if segment == "" else segment
        said = {
            "by": self.grain,
            "period": period.isoformat(),
            "kind": kind,
            "grouping": self.grouping,
            "segment": NOT_SAID if chosen is None else chosen,
            "currency": self.currency,
        }
        return f"{reverse(name)}?{urlencode({k: v for k, v in said.items() if v})}"


def _day(text: str, grain: Grain) -> dt.date | None:
    try:
        return first_day(dt.date.fromisoformat(text), grain)
    except ValueError:
        return None
