"""Decisions in force, value, need and contacts: small tables and their answers."""

import datetime as dt

import ibis
import pytest

from banso.analytics.touch.called_for import (
    first_that_holds,
    with_value_and_need,
    yearly_value,
)
from banso.analytics.touch.in_force import in_force, laid_over
from banso.analytics.touch.reached import reached
from banso.kernel.zones import utc_offsets

DAY = dt.date(2026, 11, 20)
ASSIGNMENTS = {
    "assignment_id": "string",
    "customer_id": "string",
    "assigned_on": "date",
    "until": "date",
    "touch": "string",
    "owner": "string",
    "kind": "string",
    "why": "string",
}


def rows_of(expression, *order):
    con = ibis.duckdb.connect()
    return con.to_pyarrow(expression.order_by(*order)).to_pylist()


def assigned(key, customer, on, **more):
    empty = dict.fromkeys(ASSIGNMENTS)
    given = {"assignment_id": key, "customer_id": customer, "assigned_on": on}
    return {**empty, "kind": "accepted", **given, **more}


def decided(*rows, as_of=DAY):
    table = ibis.memtable(list(rows), schema=ASSIGNMENTS)
    return in_force(table, as_of=ibis.literal(as_of))


def day(number):
    return dt.date(2026, 11, number)


def test_newest_decision_holds_and_gives_way_when_it_ends():
    rows = (
        assigned("1", "a", day(1), touch="low", owner="aoi@example.com"),
        assigned("2", "a", day(5), until=day(9), touch="high", kind="override"),
        assigned("3", "b", day(21), touch="high"),
        assigned("4", "c", day(2), until=day(19), touch="high"),
        assigned("5", "d", day(2), until=day(20), touch="high", kind="override"),
        assigned("6", "e", day(3), owner="ben@example.com"),
        assigned("7", "f", day(3), touch="low"),
        assigned("8", "f", day(3), touch="tech"),
    )

    found = {row["customer_id"]: row for row in rows_of(decided(*rows), "customer_id")}

    # b begins tomorrow, c ended yesterday, d holds on its last day
    assert {key: (row["touch"], row["owner"]) for key, row in found.items()} == {
        "a": ("low", "aoi@example.com"),
        "d": ("high", None),
        "e": (None, "ben@example.com"),
        "f": ("tech", None),
    }
    assert [key for key, row in found.items() if row["is_override"]] == ["d"]
    assert found["d"]["until"] == day(20)
    (then,) = rows_of(decided(*rows[:2], as_of=day(9)), "customer_id")
    assert (then["touch"], then["owner"]) == ("high", "aoi@example.com")


def test_source_is_laid_over_and_comes_back():
    customers = ibis.memtable(
        [
            {"customer_id": "a", "touch": "tech", "owner": "x@example.com", "n": 1},
            {"customer_id": "b", "touch": None, "owner": None, "n": 2},
        ],
        schema={
            "customer_id": "string",
            "touch": "string",
            "owner": "string",
            "n": "int64",
        },
    )
    one = assigned("1", "a", day(1), until=day(10), touch="high")

    during = rows_of(laid_over(customers, decided(one, as_of=day(10))), "customer_id")
    after = rows_of(laid_over(customers, decided(one, as_of=day(11))), "customer_id")

    assert [row["touch"] for row in during] == ["high", None]
    assert [row["owner"] for row in during] == ["x@example.com", None]
    assert [row["touch"] for row in after] == ["tech", None]
    assert list(during[0]) == ["customer_id", "touch", "owner", "n"]


def customers(**columns):
    count = len(columns["mrr"])
    rows = [
        {"customer_id": str(place), "as_of": DAY}
        | {name: values[place] for name, values in columns.items()}
        for place in range(count)
    ]
    types = {"mrr": "float64", "currency": "string", "score": "float64"}
    schema = {"customer_id": "string", "as_of": "date"}
    return ibis.memtable(
        rows, schema=schema | {name: types.get(name, "float64") for name in columns}
    )


def test_rank_is_the_share_that_is_worth_less():
    rows = customers(
        mrr=[10.0, 10, 30, 5, None], currency=["", "JPY", "USD", "EUR", ""]
    )
    value = yearly_value(rows.mrr, rows.currency, {"": 1, "JPY": 1, "USD": 150})

    found = rows_of(with_value_and_need(rows, value=value, need=None), "customer_id")

    # no rate for EUR, and one without MRR: three values are known
    assert [row["value"] for row in found] == [120, 120, 54_000, None, None]
    assert [row["value_rank"] for row in found] == [
        0,
        0,
        pytest.approx(2 / 3),
        None,
        None,
    ]
    assert {row["need"] for row in found} == {None}


def test_low_score_is_much_need_and_a_metric_of_the_name_goes_before():
    rows = customers(mrr=[1.0, 1], score=[20.0, None], value=[7.0, 8])
    value = yearly_value(rows.mrr, ibis.literal(""), {"": 1})

    found = rows_of(with_value_and_need(rows, value=value, need="score"), "customer_id")

    assert [row["need"] for row in found] == [0.8, None]
    assert [row["value"] for row in found] == [7, 8]
    assert [row["yearly_value"] for row in found] == [12, 12]


def test_first_rule_that_holds_decides_and_the_unknown_does_not_hold():
    rows = customers(mrr=[5.0, 1, None], score=[10.0, 90, 90])
    places = first_that_holds(rows, ["mrr > 3", None, "score > 50"])

    found = rows_of(rows.mutate(rule=places), "customer_id")

    assert [row["rule"] for row in found] == [0, 2, 2]
    nothing = rows_of(rows.mutate(rule=first_that_holds(rows, [])), "customer_id")
    assert [row["rule"] for row in nothing] == [0, 0, 0]


def test_contacts_of_both_tables_count_up_to_the_day():
    def at(days_ago):
        moment = dt.datetime.combine(DAY - dt.timedelta(days=days_ago), dt.time(3))
        return {"occurred_at": moment, "known_at": None}

    contacts = ibis.memtable(
        [
            {"customer_id": "a", "minutes": 30.0, **at(0)},
            {"customer_id": "a", "minutes": None, **at(89)},
            {"customer_id": "b", "minutes": 20.0, **at(28)},
            {"customer_id": "c", "minutes": 20.0, **at(90)},
            {"customer_id": "d", "minutes": 20.0, **at(-1)},
        ],
        schema={
            "customer_id": "string",
            "minutes": "float64",
            "occurred_at": "timestamp",
            "known_at": "timestamp",
        },
    )
    joined = ibis.memtable(
        [
            {"customer_id": "e", "kind": "attended", **at(27)},
            {"customer_id": "f", "kind": "post", **at(1)},
        ],
        schema={
            "customer_id": "string",
            "kind": "string",
            "occurred_at": "timestamp",
            "known_at": "timestamp",
        },
    )
    number = (DAY - dt.date(1970, 1, 1)).days

    found = rows_of(
        reached(
            [contacts, joined], day=number, offsets=utc_offsets("Asia/Tokyo", DAY, DAY)
        ),
        "customer_id",
    )

    told = {r["customer_id"]: (r["contacted_28"], r["minutes_90"]) for r in found}
    assert told == {"a": (True, 30), "b": (False, 20), "e": (True, None)}
