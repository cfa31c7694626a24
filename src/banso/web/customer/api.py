"""One customer for programs: health and why it moved, metrics, what happened."""

import datetime as dt
from collections.abc import Iterable

from django.http import HttpResponseBase
from ninja import Query, Router

from banso.kernel.consent import Purpose
from banso.web.customer import element_records, queries, records
from banso.web.customer.schemas import (
    Compared,
    ContactsOut,
    ContractsOut,
    ElementScore,
    HealthHistory,
    MetricValues,
    MovementOut,
    OnDate,
    OpenSignals,
    Parts,
    Span,
    Timeline,
    TimelineQuery,
)
from banso.web.customer.stream import Asked
from banso.web.timeline import queries as entries
from banso.webkit.api.files import CSV
from banso.webkit.api.paging import paged
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal
from banso.webkit.requests import StaffRequest
from banso.webkit.spreadsheets import csv_file, csv_lines

router = Router(tags=["Customers"])
_AT = "customers/{key:customer_id}"


@router.get(f"{_AT}/health", response=HealthHistory, operation_id="getHealth")
@allowed("see_customers")
def health(request: StaffRequest, customer_id: str, asked: Query[Span]) -> object:
    """Return the health score on every as-of date, or on those of a span."""
    record = records.record_of(customer_id, visible_to=request.user)
    days = records.health_days(record, since=asked.since, until=asked.until)
    return {"customer_id": record.customer_id, "items": days}


@router.get(f"{_AT}/health/parts", response=Parts, operation_id="getHealthParts")
@allowed("see_customers")
def parts(request: StaffRequest, customer_id: str, asked: Query[OnDate]) -> object:
    """Return what the score of a date is made of, element by element."""
    record = records.record_of(customer_id, visible_to=request.user)
    day = record.day(asked.as_of)
    items = [
        {
            "dimension": place[0],
            "element": place[1],
            "score": reading.score,
            "weight": reading.weight,
            "points": reading.points,
            "reason": day.reasons.get(place),
        }
        for place, reading in sorted(day.readings.items())
    ]
    return {
        "customer_id": record.customer_id,
        "as_of": day.as_of,
        "score": day.score,
        "items": items,
    }


@router.get(
    f"{_AT}/health/elements/{{dimension}}/{{element}}",
    response=ElementScore,
    operation_id="getElementScore",
)
@allowed("see_customers")
def element(
    request: StaffRequest,
    customer_id: str,
    dimension: str,
    element: str,
    asked: Query[Compared],
) -> object:
    """Return why an element of health has its score: value, scale, weight, effect."""
    record = records.record_of(customer_id, visible_to=request.user)
    return element_records.element_on(
        record, (dimension, element), since=asked.since, until=asked.until
    )


@router.get(
    f"{_AT}/health/movement", response=MovementOut, operation_id="getHealthMovement"
)
@allowed("see_customers")
def movement(request: StaffRequest, customer_id: str, asked: Query[Compared]) -> object:
    """Return why the score moved between two dates, with nothing left over.

    The effects of all items and `shifted` add up to the difference of the scores.
    """
    record = records.record_of(customer_id, visible_to=request.user)
    found = records.moved(record, since=asked.since, until=asked.until)
    told = found.movement
    items = [
        {
            "dimension": line.dimension,
            "element": line.element,
            "kind": line.kind,
            "before": line.before.score if line.before else None,
            "after": line.after.score if line.after else None,
            "effect": line.effect,
        }
        for line in (told.lines if told else ())
    ]
    return {
        "customer_id": record.customer_id,
        "since": found.since,
        "until": found.until,
        "before": told.before if told else None,
        "after": told.after if told else None,
        "shifted": told.shifted if told else None,
        "items": items,
    }


@router.get(f"{_AT}/metrics", response=MetricValues, operation_id="getMetrics")
@allowed("see_customers")
def metrics(request: StaffRequest, customer_id: str, asked: Query[OnDate]) -> object:
    """Return all metrics of a customer on a date."""
    record = records.record_of(customer_id, visible_to=request.user)
    return _values(record, records.metrics_on(record, asked.as_of))


@router.get(
    f"{_AT}/metrics/{{metric}}", response=MetricValues, operation_id="getMetric"
)
@allowed("see_customers")
def metric(request: StaffRequest, customer_id: str, metric: str) -> object:
    """Return one metric of a customer on every as-of date."""
    record = records.record_of(customer_id, visible_to=request.user)
    return _values(record, records.metric_history(record, metric))


@router.get(
    f"{_AT}/metrics/{{metric}}/rows.csv",
    operation_id="exportMetricRows",
    openapi_extra=CSV,
)
@allowed("see_customers")
@allowed("export_customers")
@personal(Personal.USE)
def metric_rows(
    request: StaffRequest, customer_id: str, metric: str, asked: Query[Compared]
) -> HttpResponseBase:
    """Send the rows behind a metric at two dates as CSV, table after table.

    Each table begins with its own head. Rows of people who refuse stay, of nobody: they
    are in the number.
    """
    record = records.record_of(customer_id, visible_to=request.user)
    dates = {"from": asked.since, "to": asked.until}
    rows = queries.metric_rows(
        record.customer_id,
        metric,
        {name: day.isoformat() for name, day in dates.items() if day},
        visible_to=request.user,
        at=request.now,
    )
    return csv_file(csv_lines(rows, for_excel=False), name="rows")


@router.get(f"{_AT}/signals", response=OpenSignals, operation_id="getOpenSignals")
@allowed("see_customers")
def signals(request: StaffRequest, customer_id: str) -> object:
    """Return the signals that are open at a customer, the most worth first."""
    record = records.record_of(customer_id, visible_to=request.user)
    found = records.open_signals(record, visible_to=request.user)
    return {"customer_id": record.customer_id, "items": found}


@router.get(f"{_AT}/contracts", response=ContractsOut, operation_id="getContracts")
@allowed("see_customers")
def contracts(request: StaffRequest, customer_id: str) -> object:
    """Return the contract lines of a customer as of the release, the newest first."""
    record = records.record_of(customer_id, visible_to=request.user)
    return {
        "customer_id": record.customer_id,
        "as_of": record.reader.release.as_of,
        "items": list(records.contract_lines(record)),
    }


@router.get(f"{_AT}/contacts", response=ContactsOut, operation_id="getContacts")
@allowed("see_customers")
@personal(Personal.CONTACTS)
def contacts(request: StaffRequest, customer_id: str) -> object:
    """Return the people of a customer, but for those who refuse to be shared."""
    record = records.record_of(customer_id, visible_to=request.user)
    items, withheld = records.people(record, at=request.now)
    return {
        "customer_id": record.customer_id,
        "as_of": record.reader.release.as_of,
        "withheld": withheld,
        "items": items,
    }


@router.get(f"{_AT}/timeline", response=Timeline, operation_id="getTimeline")
@allowed("see_customers")
@personal(Personal.CONVERSATIONS, Personal.ANSWERS)
def timeline(
    request: StaffRequest, customer_id: str, asked: Query[TimelineQuery]
) -> object:
    """Return what happened with a customer: facts, and what was recorded here."""
    record = records.record_of(customer_id, visible_to=request.user)
    part = Asked(
        request.user,
        request.now,
        only=asked.kind,
        cursor=asked.cursor,
        question=asked.q,
        purposes=(Purpose.VOICE_ANALYSIS, Purpose.SHARING),
    )
    stream = records.timeline(record, part)
    recorded = [item.entry for item in stream.items if item.entry]
    shared = entries.shared(recorded, at=request.now)
    items = [
        {
            "at": item.moment,
            "kind": item.kind.key,
            "title": item.said.title,
            "text": shared[item.entry.entry_id].text
            if item.entry
            else "\n".join(filter(None, (item.said.text, item.said.note))),
            "by": item.entry.by if item.entry else item.said.staff,
        }
        for item in stream.items
    ]
    return {"customer_id": record.customer_id, **paged(request, items, stream.next)}


def _values(
    record: records.Record, found: Iterable[tuple[str, dt.date, float | None]]
) -> dict[str, object]:
    items = [{"metric": key, "as_of": day, "value": value} for key, day, value in found]
    return {"customer_id": record.customer_id, "items": items}
