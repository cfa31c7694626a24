"""The charts of revenue, from rows of ``revenue_periods``."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from banso.analytics.revenue.movements import KINDS
from banso.charts.chart import Chart
from banso.charts.revenue import (
    Curve,
    LevelShape,
    PeriodMoves,
    Step,
    bridge_chart,
    curves_chart,
    movements_chart,
)
from banso.runs.revenue_reading import CLOSING, OPENING, PeriodFigures
from banso.web.revenue import words
from banso.web.revenue.selection import Selection
from banso.webkit import formatting

MOST_CURVES: Final = 6


@dataclass(frozen=True)
class Drawing:
    """Draws what a selection asks for, in one language."""

    selection: Selection
    language: str

    def bridge(self, row: PeriodFigures, kinds: Sequence[str]) -> Chart:
        """Return the bridge of a period."""

        def step(key: str) -> Step:
            amount = row.amounts[key]
            url = self.selection.lines_url(row.period, key) if amount else ""
            return Step(key, float(amount), url)

        return bridge_chart(
            [step(key) for key in (OPENING, *kinds, CLOSING)],
            period=words.period(row.period, self.selection.grain),
            say=self._say,
            language=self.language,
        )

    def moves(self, rows: Mapping[dt.date, PeriodFigures]) -> Chart:
        """Return the movements of each period."""
        periods = [
            PeriodMoves(
                label=words.period(period, self.selection.grain),
                moves={kind: float(row.amounts[kind]) for kind in KINDS},
                urls={
                    kind: self.selection.lines_url(period, kind)
                    for kind in KINDS
                    if row.amounts[kind]
                },
            )
            for period, row in sorted(rows.items())
        ]
        return movements_chart(periods, say=self._say, language=self.language)

    def levels(self, rows: Mapping[dt.date, PeriodFigures]) -> Chart:
        """Return MRR and committed MRR over time."""
        ordered = sorted(rows.items())
        mrr = [(period, float(row.amounts[CLOSING])) for period, row in ordered]
        cmrr = [(period, float(row.cmrr)) for period, row in ordered]
        return curves_chart(
            [Curve(_("MRR"), mrr), Curve(_("CMRR"), cmrr, is_dashed=True)],
            self._shape("levels", _("MRR and CMRR at the end of each period")),
            language=self.language,
        )

    def segments(
        self,
        split: Sequence[PeriodFigures],
        names: Mapping[str | None, str],
        period: dt.date,
    ) -> Chart:
        """Return the MRR of the segments that are the largest in a period."""
        own = [row for row in split if row.currency == self.selection.currency]
        now = {row.segment: row.amounts[CLOSING] for row in own if row.period == period}
        largest = sorted(now, key=lambda segment: -now[segment])[:MOST_CURVES]
        curves = [
            Curve(
                names[segment],
                sorted(
                    (row.period, float(row.amounts[CLOSING]))
                    for row in own
                    if row.segment == segment
                ),
            )
            for segment in largest
        ]
        return curves_chart(
            curves, self._shape("segments", _("MRR by segment")), language=self.language
        )

    def _shape(self, key: str, title: str) -> LevelShape:
        return LevelShape(
            key=key,
            title=title,
            say=self._say,
            said_period=lambda day: words.period(day, self.selection.grain),
            from_zero=True,
        )

    def _say(self, value: float) -> str:
        # amounts have four places: a float of them is written back without loss
        amount = Decimal(str(round(value, 4)))
        return formatting.money(amount, self.selection.currency)
