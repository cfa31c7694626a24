"""One customer's results as plain values, for programs."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import Http404

from banso.analytics.movement import Movement
from banso.kernel.consent import Purpose
from banso.runs.reading import ReleaseReader
from banso.web.consents import queries as consents
from banso.web.customer.contacts import has_left
from banso.web.customer.contracts import line_state
from banso.web.customer.history import DayHealth, History, history_of
from banso.web.customer.stream import Asked, Stream, stream_of
from banso.web.customers import queries as customers
from banso.web.signals import queries as signals
from banso.webkit.permissions import Staff

USUAL_DAYS = 28
LINE: Final = (
    "subscription_id", "product", "plan", "revenue_model", "seats", "mrr",
    "started_on", "ended_on", "renews_on", "cancelled_on", "ended_reason",
)  # fmt: skip
PERSON: Final = (
    "contact_id", "name", "email", "role", "layer", "created_on", "left_on",
)  # fmt: skip


@dataclass(frozen=True)
class Record:
    """A customer that the user may see, with what the release knows of it."""

    customer_id: str
    reader: ReleaseReader
    history: History

    def day(self, as_of: dt.date | None) -> DayHealth:
        """Return the health of a date, or of the newest; 404: there is none."""
        if not self.history.dates:
            raise Http404
        found = self.history.on(as_of or self.history.dates[-1])
        if found is None:
            raise Http404
        return found


@dataclass(frozen=True)
class Moved:
    """Between which dates a score moved, and why."""

    since: dt.date
    until: dt.date
    movement: Movement | None


def record_of(customer_id: str, *, visible_to: Staff) -> Record:
    """Return what is known of a customer; one that was merged leads to the other.

    Raises
    ------
    Http404
        It is not there, not the user's to see, or nothing was computed yet.

    """
    kept = customers.find_kept(customer_id) or customer_id
    row = customers.get_customer(kept, visible_to=visible_to)
    reader = customers.published_reader()
    if reader is None:
        raise Http404
    return Record(row.pk, reader, history_of(reader, row.pk))


def health_days(
    record: Record, *, since: dt.date | None, until: dt.date | None
) -> Sequence[DayHealth]:
    """Return the health of each as-of date within a span."""
    return [
        day
        for day in record.history.health
        if (since is None or day.as_of >= since)
        and (until is None or day.as_of <= until)
    ]


def moved(record: Record, *, since: dt.date | None, until: dt.date | None) -> Moved:
    """Return why the score moved; a date between two as-of dates means the earlier."""
    dates = record.history.dates
    last = record.history.date_until(until) if until else dates[-1] if dates else None
    if last is None:
        raise Http404
    target = since or last - dt.timedelta(days=USUAL_DAYS)
    first = record.history.date_until(min(target, last)) or dates[0]
    return Moved(first, last, record.history.movement(first, last))


def metrics_on(
    record: Record, as_of: dt.date | None
) -> Iterator[tuple[str, dt.date, float | None]]:
    """Yield the metrics that are on with their values on a date, by key."""
    day = record.day(as_of).as_of
    for metric in sorted(record.reader.metrics, key=lambda each: each.key):
        yield metric.key, day, record.history.value(metric.key, day)


def metric_history(
    record: Record, key: str
) -> Iterator[tuple[str, dt.date, float | None]]:
    """Yield a metric on all as-of dates; 404: there is no such metric."""
    if key not in {metric.key for metric in record.reader.metrics}:
        raise Http404
    for day in record.history.dates:
        yield key, day, record.history.value(key, day)


def timeline(record: Record, asked: Asked) -> Stream:
    """Return a page of what happened."""
    return stream_of(record.reader, record.customer_id, asked)


def open_signals(record: Record, *, visible_to: Staff) -> list[signals.OpenSignal]:
    """Return the signals that are open at the customer and that a user sees."""
    return signals.open_signals(
        record.reader, record.customer_id, visible_to=visible_to
    )


def contract_lines(record: Record) -> Iterator[dict[str, object]]:
    """Yield the contract lines of a customer as of the release, the newest first."""
    as_of = record.reader.release.as_of
    for row in record.reader.facts("subscriptions", record.customer_id):
        known = {name: row.get(name) for name in LINE}
        currency = row.get("currency") or settings.BANSO_CURRENCY
        yield {**known, "currency": currency, "state": line_state(row, as_of)}


def people(
    record: Record, *, at: dt.datetime
) -> tuple[Sequence[dict[str, object]], int]:
    """Return who programs may know of at a customer, and how many others there are.

    Who refuses that other tools get its data is left out; when somebody was active last
    is null for who refuses that its own use is looked at.
    """
    reader = record.reader
    rows = reader.facts("contacts", record.customer_id)
    gate = consents.gate_for([str(row["contact_id"]) for row in rows], at=at)
    active = reader.last_event_days(record.customer_id)
    shared = [row for row in rows if gate.may(row["contact_id"], Purpose.SHARING)]
    found = []
    for row in sorted(shared, key=lambda row: str(row["contact_id"])):
        key = str(row["contact_id"])
        is_seen = gate.may(key, Purpose.USAGE_ANALYSIS)
        found.append(
            {
                **{name: row.get(name) for name in PERSON},
                "is_here": not has_left(row, reader.release.as_of),
                "last_active_on": active.get(key) if is_seen else None,
                "may_be_contacted": gate.may(key, Purpose.CONTACT),
            }
        )
    return found, len(rows) - len(shared)
