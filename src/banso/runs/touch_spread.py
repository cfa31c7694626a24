"""What each touch model holds: cost and how many stayed, of the whole company."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from banso.analytics.touch.spread import (
    CONTINUED_DAYS,
    COST_MONTHS,
    Continuation,
    Spending,
    continuation,
    costs,
)
from banso.kernel.days import months_earlier
from banso.kernel.zones import day_number
from banso.runs.exchange import rates_on
from banso.runs.panels import Panels
from banso.warehouse.manifest import Part

_KINDS = ("staff", "programme")


@dataclass(frozen=True)
class SpreadRow:
    """A row of ``touch_spread``: one touch model; ``touch`` "" is none."""

    place: int
    touch: str
    customers: int
    value: float  # of those whose value is known, in a year
    valued: int  # customers whose value is known
    hours: float | None  # a month by the model; null for none
    minutes_90: float | None  # written down; null when none were
    cost: float | None  # a month, of the last three closed ones
    cost_reason: str | None  # no_costs, no_rate
    stayed_n: int  # customers a year before
    stayed: int  # of these, who still are
    stayed_rate: float | None
    stayed_low: float | None
    stayed_high: float | None


@dataclass
class TouchSpreads:
    """Sums over the customers of each touch model."""

    panels: Panels
    now: Part  # rows of `customer_now`
    currency: str

    def rows(self, touched: pa.Table, keys: Sequence[str]) -> Iterator[SpreadRow]:
        """Yield a row for each touch model, and one for customers without any."""
        touch = touched["touch_now"].fill_null("").to_pylist()
        there = sorted(set(touch) - {*keys, ""})
        order = (*keys, *there, *([""] if "" in touch else []))
        minutes: dict[str, float] = defaultdict(float)
        for key, spent in zip(touch, touched["minutes_90"].to_pylist(), strict=True):
            minutes[key] += spent or 0.0
        stayed = self._stayed()
        is_priced, spending = self._spending()
        of_touch = costs(spending, minutes, order)
        for place, key in enumerate(order):
            mine = touched.filter(pc.equal(touched["touch_now"].fill_null(""), key))
            kept = stayed.get(key, continuation(0, 0))
            told = minutes[key] > 0
            yield SpreadRow(
                place=place,
                touch=key,
                customers=mine.num_rows,
                value=pc.sum(mine["value"]).as_py() or 0.0,
                valued=mine.num_rows - mine["value"].null_count,
                hours=pc.sum(mine["hours_now"]).as_py(),
                minutes_90=minutes[key] if told else None,
                cost=of_touch[key].cost if is_priced else None,
                cost_reason=of_touch[key].reason if is_priced else "no_rate",
                stayed_n=kept.n,
                stayed=kept.kept,
                stayed_rate=kept.rate,
                stayed_low=kept.low,
                stayed_high=kept.high,
            )

    def _touch_of(self) -> dict[str, str]:
        session = self.panels.kitchen.session
        now = self.panels.kitchen.table([self.now])
        found = session.to_arrow(now.select("customer_id", touch=now.touch))
        return dict(
            zip(
                found["customer_id"].to_pylist(),
                found["touch"].fill_null("").to_pylist(),
                strict=True,
            )
        )

    def _stayed(self) -> dict[str, Continuation]:
        """Return who was under contract a year before, and still is."""
        panels, touch_of = self.panels, self._touch_of()
        everybody = np.arange(len(panels.customer_ids))
        today = day_number(panels.as_of)

        def there(day: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
            days = np.full(len(everybody), day, dtype=np.int32)
            return np.asarray(panels.stays.place_of(everybody, days) >= 0)

        before, now = there(today - CONTINUED_DAYS), there(today)
        counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        ids = panels.customer_ids.to_pylist()
        for place in np.flatnonzero(before).tolist():
            cell = counted[touch_of.get(ids[place], "")]
            cell[0] += 1
            cell[1] += int(now[place])
        return {key: continuation(n, kept) for key, (n, kept) in counted.items()}

    def _spending(self) -> tuple[bool, Spending | None]:
        """Return what was spent lately; whether every currency has a rate, first."""
        session = self.panels.kitchen.session
        if not session.has("costs"):
            return True, None
        until = self.panels.as_of.replace(day=1)
        since = months_earlier(until, COST_MONTHS)
        rows = session.facts("costs")
        rows = rows.filter(
            rows.month >= since, rows.month < until, rows.kind.isin(_KINDS)
        )
        rates = rates_on(
            self.panels.catalog.revenue.rates,
            until - dt.timedelta(1),
            into=self.currency,
        )
        touch_of = self._touch_of()
        by_touch: dict[str, float] = defaultdict(float)
        shared = 0.0
        months: set[dt.date] = set()
        order = ("month", "kind", "customer_id", "touch")
        for row in session.to_arrow(rows.order_by(order)).to_pylist():
            rate = rates.get(row["currency"] or "")
            if rate is None:
                return False, None
            amount = float(row["amount"]) * rate
            months.add(row["month"].replace(day=1))
            touch = row["touch"] or (
                touch_of.get(row["customer_id"], "") if row["customer_id"] else None
            )
            if touch is None:
                shared += amount if row["kind"] == "staff" else 0.0
            else:
                by_touch[touch] += amount
        if not months:
            return True, None
        return True, Spending(by_touch, shared, len(months))
