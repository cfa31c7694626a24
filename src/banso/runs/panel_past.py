"""What a panel says of the past, as a digest that changes when anything known did."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from banso.analytics.panel.stays import FAR_DAY, known_lines
from banso.kernel.digests import digest_of_value
from banso.kernel.zones import day_number
from banso.runs.panels import VERSION, Panels
from banso.runs.rolling import Rolled

_LINE_COLUMNS = ("mrr", "currency", "plan", "product", "term_months", "renews_on")


@dataclass
class Past:
    """Digests of what was known by a day, so that a fit is repeated when it changed."""

    panels: Panels
    rolled: Rolled

    def up_to(self, day: dt.date) -> object:
        """Return a JSON-like value that stands for everything known by a day."""
        until = day_number(day)
        return {
            "version": VERSION,
            "day": day.isoformat(),
            "every": self.panels.every,
            "watched_since": self.panels.stays.watched_since(),
            "meaning": self._meaning,
            "rows": list(self.rolled.digest_up_to(day)),
            "stays": self.panels.stays.digest(until),
            "lines": self._lines_up_to(until),
            "profile": self._profile_up_to(until),
        }

    @cached_property
    def _meaning(self) -> str:
        metrics = [
            metric.model_dump(mode="json", exclude={"label", "about"})
            for metric in self.panels.metrics
        ]
        rules = self.panels.catalog.forecast.model_dump(mode="json")
        return digest_of_value([metrics, rules])

    def _lines_up_to(self, until: int) -> str:
        known = self._lines.filter(pc.field("starts") <= until)
        ends = pc.if_else(pc.greater(known["ends"], until), FAR_DAY, known["ends"])
        return _digest(known.set_column(1, "ends", ends.cast(pa.int32())))

    @cached_property
    def _lines(self) -> pa.Table:
        session = self.panels.kitchen.session
        lines = known_lines(session.facts("subscriptions"), until=FAR_DAY - 1)
        rows = lines.select(
            "starts",
            "ends",
            "customer_id",
            "subscription_id",
            **{name: lines[name].cast("string") for name in _LINE_COLUMNS},
        )
        order = ["starts", "customer_id", "subscription_id"]
        return session.to_arrow(rows.order_by(order))

    def _profile_up_to(self, until: int) -> str:
        stays = self.panels.stays
        count = len(np.unique(stays.customer[stays.starts <= until]))
        return _digest(self._profiles.slice(0, count))

    @cached_property
    def _profiles(self) -> pa.Table:
        """The profile of each customer, by its number."""
        session = self.panels.kitchen.session
        customers = session.facts("customers")
        columns = self.panels.profile
        rows = customers.select(
            "customer_id",
            **{name: customers[name].cast("string") for name in columns},
        )
        found = session.to_arrow(rows)
        number = self.panels.number_of(found["customer_id"])
        known = np.flatnonzero(number >= 0)
        return found.take(known[np.argsort(number[known], kind="stable")])


def _digest(rows: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    # What was cut off another table still carries its neighbours: take makes it new.
    own = rows.take(pa.array(np.arange(rows.num_rows))).combine_chunks()
    with pa.ipc.new_stream(sink, own.schema) as writer:
        writer.write_table(own)
    return hashlib.sha256(sink.getvalue()).hexdigest()
