"""The rows shown behind a number give that number."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pytest
from pydantic import TypeAdapter

from banso.analytics.evidence import (
    Source,
    evidence,
    evidence_between,
    sources_behind,
)
from banso.analytics.grid import Grid
from banso.analytics.measures import measures_for
from banso.analytics.metric_grid import Rollups, metric_grid, weeks_needed
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

Row = dict[str, Any]
START = dt.date(2026, 1, 5)
SUNDAYS = tuple(dt.date(2026, 3, 1) + dt.timedelta(weeks=week) for week in range(6))
OFFSETS = utc_offsets("Asia/Tokyo", START, dt.date(2026, 6, 1))
SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "events": {
        "event_id": "string", "occurred_at": "timestamp(6)", "customer_id": "string",
        "name": "string", "contact_id": "string", "value": "float64",
        "known_at": "timestamp(6)", "due_on": "date",
    },
    "tickets": {
        "ticket_id": "string", "customer_id": "string", "opened_at": "timestamp(6)",
        "closed_at": "timestamp(6)", "contact_id": "string", "kind": "string",
        "known_at": "timestamp(6)",
    },
}  # fmt: skip


def metric(key: str, kind: str, **settings: object) -> Row:
    label = {"ja": key, "en": key}
    return {"key": key, "kind": kind, "label": label, "unit": "number", **settings}


ADMINS = "layer == 'administrator'"
EVENTS = {"table": "events"}
NAMED = {"where": "name == 'export'"}
METRICS = MetricsFile.model_validate(
    {
        "schema_version": 1,
        "metrics": (
            metric("count_10", "count", **EVENTS, window_days=10),
            metric("count_ever", "count", **EVENTS, **NAMED),
            metric("sum_28", "sum", **EVENTS, of="value", window_days=28),
            metric("mean_14", "mean", **EVENTS, of="value", window_days=14, **NAMED),
            metric("contacts_21", "distinct_contacts", **EVENTS, window_days=21),
            metric("days_14", "days_active", **EVENTS, window_days=14),
            metric("share_28", "share", **EVENTS, window_days=28, **NAMED),
            metric(
                "share_some", "share", **EVENTS, window_days=9, **NAMED,
                among="value > 3",
            ),
            metric("since", "days_since_last", **EVENTS, **NAMED),
            metric("since_due", "days_since_last", **EVENTS, of="due_on"),
            metric("last_ever", "last", **EVENTS, of="value"),
            metric("last_9", "last", **EVENTS, of="value", window_days=9, **NAMED),
            metric("open", "running", table="tickets", where="kind == 'bug'"),
            metric("of_admins", "count", **EVENTS, contacts=ADMINS, window_days=21),
            metric("admins_21", "distinct_contacts", **EVENTS, contacts=ADMINS,
                   window_days=21),
            metric("since_admin", "days_since_last", **EVENTS, contacts=ADMINS),
            metric("closed_28", "ended", table="tickets", window_days=28),
            metric("closed_bugs", "ended", table="tickets", where="kind == 'bug'"),
            metric("per_contact", "ratio", of="sum_28", to="contacts_21"),
            metric("change", "change", of="count_10"),
            metric("share_of_change", "ratio", of="change", to="count_ever"),
        ),
    },
    strict=False,
).metrics  # fmt: skip
ENDED = ("tickets.ended",)
BY_KEY = {each.key: each for each in METRICS}


def some_moment(draw: random.Random) -> dt.datetime:
    day = START + dt.timedelta(days=draw.randint(0, 90))
    # often around the company's midnight, which is 15:00 in UTC
    clock = draw.choice([dt.time(14, 59), dt.time(15, 0), dt.time(3, 0)])
    return dt.datetime.combine(day, clock)


def some_facts(draw: random.Random, *, late: bool) -> dict[str, list[Row]]:
    events, tickets = [], []
    for number in range(220):
        moment = some_moment(draw)
        known = moment + dt.timedelta(days=draw.choice([0, 0, 0, 2, 30]))
        events.append({
            "event_id": f"e{number}", "occurred_at": moment,
            "customer_id": draw.choice("abc"),
            "name": draw.choice(["export", "open"]),
            "contact_id": draw.choice(["p", "q", "r", None]),
            "value": draw.choice([None, 1.0, 2.5, 7.25]),
            "known_at": known if late and draw.random() < 0.5 else None,
            "due_on": draw.choice([None, moment.date() + dt.timedelta(days=number)]),
        })  # fmt: skip
    for number in range(60):
        moment = some_moment(draw)
        closed = moment + dt.timedelta(days=draw.choice([-1, 0, 3, 40]))
        known = moment + dt.timedelta(days=draw.choice([0, 5]))
        tickets.append({
            "ticket_id": f"t{number}", "customer_id": draw.choice("abc"),
            "opened_at": moment, "closed_at": draw.choice([closed, None]),
            "contact_id": None, "kind": draw.choice(["bug", "question", None]),
            "known_at": known if late else None,
        })  # fmt: skip
    return {"events": events, "tickets": tickets}


def tables_of(facts: Mapping[str, list[Row]]) -> dict[str, ibis.Table]:
    return {
        name: ibis.memtable(rows, schema=dict(SCHEMAS[name]))
        for name, rows in facts.items()
    }


def administrators() -> ibis.Table:
    """Return who is an administrator: p always was, q from a day in March on."""
    rows = [
        {"contact_id": who, "layer": layer, "created_on": day, "known_at": None}
        for who, layer, day in (
            ("p", "administrator", None),
            ("q", "administrator", dt.date(2026, 3, 10)),
            ("r", "user", START),
        )
    ]
    schema = {
        "contact_id": "string", "layer": "string", "created_on": "date",
        "known_at": "timestamp(6)",
    }  # fmt: skip
    facts = ibis.memtable(rows, schema=schema)
    return chosen_contacts(facts, ADMINS, offsets=OFFSETS)


def values_of(
    tables: Mapping[str, ibis.Table], *, late: bool
) -> dict[tuple[str, dt.date], Row]:
    """Return every metric of every customer and date, from the grid."""
    days, last, steps = {}, {}, {}
    for name, facts in tables.items():
        spec = TABLES[name]
        measures = measures_for(METRICS, table=name)
        counted = [m for m in measures if m.aggregate in {"count", "sum"}]
        ended = [m for m in counted if m.at_end]
        of_admins = [m for m in counted if m.contacts is not None]
        summed = {m.of_everybody for m in counted if not m.at_end}
        days[name] = contact_days(
            facts, spec, sorted(summed, key=lambda m: m.column), offsets=OFFSETS
        )
        if ended:
            rows = ended_days(facts, spec, ended, offsets=OFFSETS)
            days[ended[0].source] = rows
        if of_admins:
            days[of_admins[0].source] = days_of_chosen(
                days[name], administrators(), of_admins
            )
        for measure in measures:
            if measure.aggregate == "last":
                rows = last_values(facts, spec, measure, offsets=OFFSETS)
                last[measure.column] = rows
            elif measure.aggregate == "running":
                rows = running_steps(facts, spec, measure, offsets=OFFSETS)
                steps[measure.column] = rows
    there = [
        {"customer_id": customer, "day": day_number(START), "step": 1}
        for customer in "abc"
    ]
    schema = {"customer_id": "string", "day": "int32", "step": "int64"}
    rollups = Rollups(
        contact_days=days,
        last_values=last,
        running_steps=steps,
        presence=ibis.memtable(there, schema=schema),
        customers=ibis.memtable(
            [{"customer_id": customer} for customer in "abc"],
            schema={"customer_id": "string"},
        ),
        late=frozenset(days) if late else frozenset(set(days) - {*tables, *ENDED}),
    )
    grid = Grid.of(SUNDAYS, back=weeks_needed(METRICS))
    found = ibis.duckdb.connect().to_pyarrow(metric_grid(rollups, METRICS, grid))
    return {(row["customer_id"], row["as_of"]): row for row in found.to_pylist()}


def number_of(source: Source, rows: Sequence[Row], as_of: dt.date) -> float | None:
    """Work the number out from its rows, as a reader would."""
    used = source.metric
    column = getattr(used, "of", None)
    values = [row[column] for row in rows] if column else []
    match used.kind:
        case "count" | "running" | "ended":
            return float(len(rows))
        case "sum":
            return float(sum(values))
        case "mean":
            return sum(values) / len(values) if values else None
        case "distinct_contacts":
            return float(len({row["contact_id"] for row in rows}))
        case "days_active":
            return float(len({row["day"] for row in rows}))
        case "share":
            part = [row for row in rows if row["is_part"]]
            return len(part) / len(rows) if rows else None
        case "days_since_last" if column:
            return float((as_of - values[0]).days) if values else None
        case "days_since_last":
            return float(day_number(as_of) - rows[0]["day"]) if rows else None
    assert len(rows) <= 1
    return float(values[0]) if values else None


def combined(key: str, found: Mapping[tuple[str, int], float | None]) -> float | None:
    """Work out a metric from the numbers of its sources, in their order."""
    numbers = list(found.values())
    match key:
        case "change":
            now, before = numbers
            return now / before - 1 if now is not None and before else None
        case "per_contact":
            above, below = numbers
            return above / below if above is not None and below else None
    return numbers[0]


@pytest.mark.parametrize("late", [False, True], ids=["on_time", "learned_late"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_evidence_gives_the_number_of_the_grid(seed: int, late: bool) -> None:  # noqa: FBT001
    tables = tables_of(some_facts(random.Random(seed), late=late))
    values = values_of(tables, late=late)
    con = ibis.duckdb.connect()
    checked = set()
    for key in (each.key for each in METRICS if each.key != "share_of_change"):
        sources = sources_behind(BY_KEY[key], BY_KEY)
        for as_of in SUNDAYS[::2]:
            numbers: dict[str, dict[tuple[str, int], float | None]] = {}
            for place, source in enumerate(sources):
                rows = con.to_pyarrow(
                    evidence(
                        tables[source.table],
                        TABLES[source.table],
                        source,
                        as_of=as_of,
                        offsets=OFFSETS,
                        contacts=administrators(),
                    )
                ).to_pylist()
                for customer in "abc":
                    mine = [row for row in rows if row["customer_id"] == customer]
                    number = number_of(source, mine, as_of)
                    numbers.setdefault(customer, {})[source.side, place] = number
            for customer in "abc":
                expected = values[customer, as_of][key]
                assert combined(key, numbers[customer]) == pytest.approx(expected), (
                    key, customer, as_of,
                )  # fmt: skip
                checked.add(key)

    assert len(checked) == len(METRICS) - 1


def test_rows_enter_and_leave_between_two_days() -> None:
    tables = tables_of(some_facts(random.Random(5), late=True))
    con = ibis.duckdb.connect()
    before, after = SUNDAYS[0], SUNDAYS[2]
    for each in METRICS:
        for source in sources_behind(each, BY_KEY):
            facts, spec = tables[source.table], TABLES[source.table]
            (key,) = spec.key
            then, now = (
                con.to_pyarrow(
                    evidence(
                        facts,
                        spec,
                        source,
                        as_of=day,
                        offsets=OFFSETS,
                        contacts=administrators(),
                    )
                ).to_pylist()
                for day in (before, after)
            )

            both = con.to_pyarrow(
                evidence_between(
                    facts,
                    spec,
                    source,
                    days=(before, after),
                    offsets=OFFSETS,
                    contacts=administrators(),
                )
            ).to_pylist()

            assert {row[key] for row in both if row["counted_before"]} == {
                row[key] for row in then
            }
            assert {row[key] for row in both if row["counted_after"]} == {
                row[key] for row in now
            }


def test_a_made_up_metric_names_the_rows_of_each_side() -> None:
    sides = {
        key: [
            (source.side, source.metric.key, source.offset)
            for source in sources_behind(BY_KEY[key], BY_KEY)
        ]
        for key in ("count_10", "per_contact", "change", "share_of_change")
    }

    assert sides == {
        "count_10": [("rows", "count_10", 0)],
        "per_contact": [("above", "sum_28", 0), ("below", "contacts_21", 0)],
        "change": [("now", "count_10", 0), ("before", "count_10", 10)],
        "share_of_change": [
            ("now", "count_10", 0),
            ("before", "count_10", 10),
            ("below", "count_ever", 0),
        ],
    }


def test_an_attribute_has_no_rows() -> None:
    attribute: Metric = TypeAdapter(Metric).validate_python(
        metric("employees", "attribute", column="employees"), strict=False
    )

    assert sources_behind(attribute, {}) == ()


def test_rows_that_nobody_brought_are_no_evidence() -> None:
    tables = tables_of({"events": [], "tickets": []})
    (source,) = sources_behind(BY_KEY["count_10"], BY_KEY)

    found = ibis.duckdb.connect().to_pyarrow(
        evidence(
            tables["events"],
            TABLES["events"],
            source,
            as_of=SUNDAYS[0],
            offsets=OFFSETS,
        )
    )

    assert found.num_rows == 0
