"""The grid of metrics says what looking at each customer and day alone says."""

import datetime as dt
import json
import math
from collections.abc import Sequence
from dataclasses import replace

import ibis
import pytest
from slow_company import (
    FIRST,
    Company,
    SlowMetrics,
    due_on,
    first_day,
    is_there,
    random_company,
)

from banso.analytics.grid import Grid
from banso.analytics.measures import measures_for
from banso.analytics.metric_grid import Rollups, metric_grid, weeks_needed
from banso.analytics.presence import contract_presence
from banso.analytics.rollups import (
    chosen_contacts,
    contact_days,
    days_of_chosen,
    ended_days,
    last_values,
    running_steps,
)
from banso.definitions.metrics import Metric, MetricsFile
from banso.kernel.zones import day_number, utc_offsets
from banso.tables.registry import TABLES

ONE = {"ja": "一", "en": "one"}
EVENTS = {
    "event_id": "string", "customer_id": "string", "occurred_at": "timestamp",
    "name": "string", "contact_id": "string", "value": "float64",
    "known_at": "timestamp", "due_on": "date",
}  # fmt: skip
CONTRACTS = {
    "subscription_id": "string", "customer_id": "string", "started_on": "date",
    "ended_on": "date", "seats": "int64", "mrr": "decimal(18, 4)",
    "known_at": "timestamp",
}  # fmt: skip


def metrics_of(*entries: dict[str, object]) -> tuple[Metric, ...]:
    filled = [{"label": ONE, "unit": "number", **entry} for entry in entries]
    text = json.dumps({"schema_version": 1, "metrics": filled})
    return MetricsFile.model_validate_json(text).metrics


def over(kind: str, window: int | None, **more: object) -> dict[str, object]:
    key = f"{kind}_{window or 'ever'}_{len(more)}"
    found = {"key": key, "kind": kind, "table": "events", **more}
    return found if window is None else {**found, "window_days": window}


CONTACTS = {
    "contact_id": "string", "customer_id": "string", "layer": "string",
    "created_on": "date", "known_at": "timestamp",
}  # fmt: skip

LOGIN = "name == 'login'"
ADMINS = "layer == 'administrator'"
ALL_KINDS = metrics_of(
    *[over("count", days) for days in (1, 7, 10, 28, None)],
    *[over("count", days, where=LOGIN) for days in (28,)],
    *[over("days_active", days) for days in (7, 30, None)],
    *[over("distinct_contacts", days) for days in (7, 20, None)],
    *[over("sum", days, of="value") for days in (14, None)],
    *[over("mean", days, of="value") for days in (28,)],
    *[over("share", days, where=LOGIN) for days in (28, None)],
    over("last", None, of="value"),
    over("last", 14, of="value", where=LOGIN),
    {"key": "since", "kind": "days_since_last", "table": "events"},
    over("days_since_last", None, of="due_on"),
    over("days_since_last", None, of="due_on", where=LOGIN),
    *[over("count", days, contacts=ADMINS, where=LOGIN) for days in (10, None)],
    *[over("days_active", days, contacts=ADMINS) for days in (30, None)],
    *[over("distinct_contacts", days, contacts=ADMINS) for days in (20, None)],
    over("sum", 14, of="value", contacts=ADMINS),
    over("mean", 28, of="value", contacts=ADMINS),
    over("share", 28, where=LOGIN, contacts=ADMINS),
    over("days_since_last", None, where=LOGIN, contacts=ADMINS, unit="days"),
    {"key": "change_admins", "kind": "change", "of": "distinct_contacts_20_1"},
    *[
        {"key": f"ended_{days or 'ever'}", "kind": "ended", "table": "subscriptions"}
        | ({"window_days": days} if days else {})
        for days in (7, 30, None)
    ],
    {"key": "change_count", "kind": "change", "of": "count_28_0"},
    {"key": "change_days", "kind": "change", "of": "days_active_30_0"},
    {"key": "change_people", "kind": "change", "of": "distinct_contacts_20_0"},
    {"key": "change_people_7", "kind": "change", "of": "distinct_contacts_7_0"},
    {"key": "seats", "kind": "running", "table": "subscriptions", "of": "seats"},
    {"key": "lines", "kind": "running", "table": "subscriptions"},
    {"key": "per_seat", "kind": "ratio", "of": "distinct_contacts_20_0", "to": "seats"},
    {"key": "again", "kind": "ratio", "of": "per_seat", "to": "lines"},
)


def rollups_of(company: Company, metrics: Sequence[Metric], *, late: bool) -> Rollups:
    offsets = utc_offsets("Asia/Tokyo", FIRST, FIRST + dt.timedelta(days=400))
    rows = [{**event, "due_on": due_on(event)} for event in company.events]
    events = ibis.memtable(rows, schema=EVENTS)
    contracts = ibis.memtable(
        [{**row, "known_at": None} for row in company.subscriptions], schema=CONTRACTS
    )
    contacts = ibis.memtable(
        [{**row, "known_at": None} for row in company.contacts], schema=CONTACTS
    )
    measures = measures_for(metrics, table="events")
    counted = [m for m in measures if m.aggregate in {"count", "sum"}]
    days = contact_days(
        events,
        TABLES["events"],
        sorted({m.of_everybody for m in counted}, key=lambda m: m.column),
        offsets=offsets,
    )
    of_admins = [m for m in counted if m.contacts is not None]
    (source,) = {m.source for m in of_admins}
    of_contracts = measures_for(metrics, table="subscriptions")
    return Rollups(
        contact_days={
            "events": days,
            source: days_of_chosen(
                days, chosen_contacts(contacts, ADMINS, offsets=offsets), of_admins
            ),
            "subscriptions.ended": ended_days(
                contracts,
                TABLES["subscriptions"],
                [m for m in of_contracts if m.at_end],
                offsets=offsets,
            ),
        },
        last_values={
            m.column: last_values(events, TABLES["events"], m, offsets=offsets)
            for m in measures
            if m.aggregate == "last"
        },
        running_steps={
            m.column: running_steps(
                contracts, TABLES["subscriptions"], m, offsets=offsets
            )
            for m in of_contracts
            if m.aggregate == "running"
        },
        presence=contract_presence(contracts, offsets=offsets),
        customers=ibis.memtable([{"customer_id": "a"}]),
        late=frozenset({source, *(["events"] if late else [])}),
    )


def computed(company: Company, grid: Grid, *, late: bool) -> list[dict[str, object]]:
    expression = metric_grid(rollups_of(company, ALL_KINDS, late=late), ALL_KINDS, grid)
    return ibis.duckdb.connect().to_pyarrow(expression).to_pylist()


def weeks_from(first: dt.date, count: int) -> list[dt.date]:
    return [first + dt.timedelta(weeks=week) for week in range(count)]


def weekly(first: dt.date, count: int) -> Grid:
    return Grid.of(weeks_from(first, count), back=weeks_needed(ALL_KINDS))


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_every_kind_agrees_with_looking_row_by_row(seed: int, *, late: bool) -> None:
    company = random_company(seed, late=late)
    slow = SlowMetrics(company, ALL_KINDS)
    first = dt.date(2024, 1, 7)

    rows = computed(company, weekly(first, 28), late=late)

    expected_cells = {
        (customer, date)
        for customer in "abcd"
        for date in weeks_from(first, 28)
        if is_there(company, customer, date)
    }
    assert {(row["customer_id"], row["as_of"]) for row in rows} == expected_cells
    for row in rows:
        customer, as_of = row["customer_id"], row["as_of"]
        assert row["tenure_days"] == (as_of - first_day(company, customer)).days
        for metric in ALL_KINDS:
            expected = slow.value(metric, customer, as_of)
            found = row[metric.key]
            place = (metric.key, customer, as_of)
            if expected is None:
                assert found is None, place
            else:
                assert found is not None, place
                assert math.isclose(found, expected, abs_tol=1e-9), place


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_date_says_the_same_alone_as_within_a_long_history(
    seed: int, *, late: bool
) -> None:
    company = random_company(seed, late=late)
    wednesday = dt.date(2024, 5, 15)

    alone = computed(company, weekly(wednesday, 1), late=late)
    long = computed(company, weekly(wednesday - dt.timedelta(weeks=9), 10), late=late)

    last = [row for row in long if row["as_of"] == wednesday]
    assert sorted(alone, key=str) == sorted(last, key=str)
    assert alone


def test_an_event_at_half_past_eleven_in_utc_belongs_to_the_next_day_in_tokyo() -> None:
    company = random_company(1, late=False)
    company.events = [
        {
            "event_id": "late evening",
            "customer_id": "a",
            "occurred_at": dt.datetime(2024, 3, 2, 23, 30),
            "name": "login",
            "contact_id": "a1",
            "value": 1.0,
            "known_at": None,
        }
    ]
    company.subscriptions = [
        {
            "subscription_id": "s",
            "customer_id": "a",
            "started_on": dt.date(2024, 1, 3),
            "ended_on": None,
            "seats": 1,
            "mrr": 1,
        }
    ]

    (saturday,) = computed(company, weekly(dt.date(2024, 3, 2), 1), late=False)
    (sunday,) = computed(company, weekly(dt.date(2024, 3, 3), 1), late=False)

    assert saturday["count_1_0"] == 0
    assert sunday["count_1_0"] == 1
    assert sunday["since"] == 0


def test_nothing_is_known_before_the_first_row_of_a_table() -> None:
    company = random_company(3, late=False)
    rollups = rollups_of(company, ALL_KINDS, late=False)
    grid = weekly(dt.date(2024, 2, 4), 4)
    first_row = day_number(dt.date(2024, 2, 18))

    rows = ibis.duckdb.connect().to_pyarrow(
        metric_grid(replace(rollups, known_from={"events": first_row}), ALL_KINDS, grid)
    )

    for row in rows.to_pylist():
        is_known = row["as_of"] >= dt.date(2024, 2, 18)
        assert (row["count_28_0"] is not None) == is_known
        assert row["lines"] is not None
