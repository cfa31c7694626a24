"""Cohorts of contracts: a table by hand, the odd cases, a slow count day by day."""

import calendar
import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import pytest
from revenue_tables import Revenue, stored

from banso.analytics.cohorts.contract import (
    contract_cohorts,
    segments_of,
)
from banso.analytics.cohorts.members import cohort_members
from banso.analytics.cohorts.months import first_day, last_full_month, month_number
from banso.analytics.revenue.steps import customer_steps
from banso.analytics.revenue.units import WHOLE
from banso.definitions.revenue import Rate, Reading

AS_OF = dt.date(2026, 4, 30)


def line(customer: str, started: str, ended: str | None = None, **more: Any) -> dict:
    return {
        "subscription_id": f"{customer}{started}{more.get('mrr')}{ended}",
        "customer_id": customer,
        "started_on": dt.date.fromisoformat(started),
        "ended_on": dt.date.fromisoformat(ended) if ended else None,
        "mrr": Decimal(str(more.pop("mrr", 100))),
        "currency": more.pop("currency", "JPY"),
        **more,
    }


def company(
    *lines: dict, as_of: dt.date = AS_OF, reading: Reading | None = None, **more: Any
) -> Revenue:
    rows = stored("subscriptions", lines)
    return Revenue(rows, until=as_of, reading=reading or Reading(), **more)


def found(
    *lines: dict, as_of: dt.date = AS_OF, since: int | None = None, **columns: Any
) -> list[dict]:
    ids = sorted({each["customer_id"] for each in lines})
    people = [
        {
            "customer_id": key,
            **{name: values[place] for name, values in columns.items()},
        }
        for place, key in enumerate(ids)
    ]
    customers = stored("customers", people, [*{*columns} - {"industry"}])
    read = company(*lines, as_of=as_of, customers=customers)
    return cohorts_of(read, *columns, since=since)


def steps_of(read: Revenue) -> ir.Table:
    numbers = read.numbers(WHOLE)
    return customer_steps(
        read.units(numbers),
        read.changes,
        numbers,
        last=month_number(read.until),
        reading=read.reading,
    )


def cohorts_of(
    read: Revenue, *columns: str, since: int | None = None
) -> list[dict[str, Any]]:
    people = read.table("customers")
    if not read.customers.num_rows:
        people = read.table("contracts").select("customer_id").distinct()
    rows = contract_cohorts(
        steps_of(read),
        segments_of(people, columns),
        as_of=read.until,
        watched_since=since,
    )
    key = ("grouping", "segment", "cohort", "age")
    return [dict(row) for row in read.found(rows.order_by(*key))]


def told(rows: list[dict], *columns: str) -> list[tuple]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_it_is_the_table_worked_out_by_hand() -> None:
    rows = found(
        line("a", "2026-01-10"),  # stays, and takes more from March on
        line("a", "2026-03-15", mrr=50),
        line("b", "2026-01-20", "2026-03-01"),  # still there at the end of February
        line("c", "2026-03-05", "2026-03-28"),  # gone within its first month
        line("d", "2026-03-31", mrr=70),
    )

    assert told(rows, "cohort", "age", "customers", "retained_customers") == [
        (dt.date(2026, 1, 1), 0, 2, 2),
        (dt.date(2026, 1, 1), 1, 2, 2),
        (dt.date(2026, 1, 1), 2, 2, 1),
        (dt.date(2026, 1, 1), 3, 2, 1),
        (dt.date(2026, 1, 1), 4, 2, None),
        (dt.date(2026, 3, 1), 0, 2, 1),
        (dt.date(2026, 3, 1), 1, 2, 1),
        (dt.date(2026, 3, 1), 2, 2, None),
    ]
    assert [row["retained_mrr"] for row in rows] == [
        200,
        200,
        150,
        150,
        None,
        70,
        70,
        None,
    ]


def test_a_month_that_is_not_over_has_a_reason_instead_of_a_number() -> None:
    rows = found(line("a", "2026-03-10"), as_of=dt.date(2026, 4, 29))

    assert told(rows, "age", "retained_customers", "retained_mrr", "reason") == [
        (0, 1, 100, None),
        (1, None, None, "month_not_over"),
    ]


def test_the_running_months_cohort_has_its_customers_and_no_age_yet() -> None:
    rows = found(line("a", "2026-04-10"), as_of=dt.date(2026, 4, 20))

    assert told(rows, "age", "customers", "retained_customers") == [(0, 1, None)]


def test_who_returns_counts_again_in_the_cohort_of_its_first_month() -> None:
    rows = found(line("a", "2026-01-10", "2026-02-10"), line("a", "2026-04-01", mrr=30))

    assert told(rows, "age", "retained_customers", "retained_mrr") == [
        (0, 1, 100),
        (1, 0, 0),
        (2, 0, 0),
        (3, 1, 30),
        (4, None, None),
    ]


def test_lines_that_overlap_are_one_customer() -> None:
    rows = found(line("a", "2026-03-01"), line("a", "2026-03-20", "2026-04-02", mrr=40))

    assert told(rows, "retained_customers", "retained_mrr") == [
        (1, 140),
        (1, 100),
        (None, None),
    ]


def test_a_free_plan_is_not_yet_a_beginning() -> None:
    rows = found(line("a", "2026-01-01", "2026-03-01", mrr=0), line("a", "2026-03-01"))

    assert rows[0]["cohort"] == dt.date(2026, 3, 1)


def test_what_is_dated_or_learned_later_has_not_happened() -> None:
    late = dt.datetime(2026, 6, 1)
    rows = found(
        line("a", "2026-03-01", "2026-08-01"),
        line("a", "2026-05-02", mrr=900),
        line("b", "2026-03-01", known_at=late),
    )

    assert told(rows, "customers", "retained_customers", "retained_mrr") == [
        (1, 1, 100),
        (1, 1, 100),
        (1, None, None),
    ]


def test_money_in_several_currencies_is_not_added() -> None:
    rows = found(
        line("a", "2026-03-01"),
        line("b", "2026-03-01", currency="USD"),
        currency=["JPY", "USD"],
    )

    whole = [row for row in rows if row["grouping"] == "all"]
    assert told(whole, "retained_customers", "retained_mrr", "reason")[0] == (
        2,
        None,
        "several_currencies",
    )
    apart = [row for row in rows if row["grouping"] == "currency" and row["age"] == 0]
    assert told(apart, "segment", "retained_mrr", "currency") == [
        ("JPY", 100, "JPY"),
        ("USD", 100, "USD"),
    ]


def test_a_cohort_from_before_the_data_began_is_marked() -> None:
    rows = found(
        line("a", "2026-01-01"),
        line("b", "2026-03-01"),
        since=month_number(dt.date(2026, 2, 1)),
    )

    assert [row["is_survivors_only"] for row in rows if row["age"] == 0] == [
        True,
        False,
    ]


def test_segments_add_up_to_the_whole() -> None:
    rows = found(
        line("a", "2026-01-01"),
        line("b", "2026-01-05", "2026-02-05", mrr=60),
        line("c", "2026-01-05", mrr=20),
        industry=["物流", "物流", None],
    )

    whole = [row for row in rows if row["grouping"] == "all"]
    parts = [row for row in rows if row["grouping"] == "industry"]
    assert {row["segment"] for row in parts} == {"", "物流"}
    for row in whole[:-1]:
        same = [each for each in parts if each["age"] == row["age"]]
        for name in ("customers", "retained_customers", "retained_mrr"):
            assert sum(each[name] for each in same) == row[name]


def test_months_know_a_leap_day_and_the_end_of_a_year() -> None:
    assert last_full_month(dt.date(2028, 2, 28)) == month_number(dt.date(2028, 1, 1))
    assert last_full_month(dt.date(2028, 2, 29)) == month_number(dt.date(2028, 2, 1))
    assert last_full_month(dt.date(2026, 12, 31)) == month_number(dt.date(2026, 12, 1))
    assert first_day(month_number(dt.date(2027, 12, 31))) == dt.date(2027, 12, 1)


RATES = (
    Rate(currency="USD", since=dt.date(2020, 1, 1), rate=Decimal(100)),
    Rate(currency="USD", since=dt.date(2026, 1, 10), rate=Decimal("150.5")),
)
READINGS = {
    "standard": Reading(),
    "notice": Reading(churn_at="notice"),
    "long pauses": Reading(pause_days=40),
    "no pauses": Reading(pause_days=0),
    "free": Reading(free_plan="contraction"),
    "billed": Reading(discounts="billed"),
    "rate of the period": Reading(currency_rate="period"),
    "all": Reading(
        churn_at="notice",
        free_plan="contraction",
        discounts="billed",
        currency_rate="period",
    ),
}


def a_history(seed: int, reading: Reading) -> Revenue:
    """Return lines that overlap, pause, are free, noticed and discounted."""
    lots = random.Random(seed)
    lines, charges = [], []
    for place in range(160):
        start = dt.date(2025, 6, 1) + dt.timedelta(lots.randint(0, 320))
        end = lots.choice([None, start + dt.timedelta(lots.randint(2, 120))])
        noticed = end and start + dt.timedelta(lots.randint(1, (end - start).days))
        each = line(
            lots.choice("abcdefghijklmnopqrstuvwxyz"),
            start.isoformat(),
            end.isoformat() if end else None,
            mrr=lots.choice([0, 10, 20]),
            currency=lots.choice(["JPY", "JPY", "USD", None]),
            cancelled_on=lots.choice([None, noticed]),
        )
        each["subscription_id"] = str(place)
        lines.append(each)
        charges += [
            {
                "charge_id": f"{place}-{number}",
                "customer_id": each["customer_id"],
                "subscription_id": str(place),
                "charged_on": start + dt.timedelta(lots.randint(0, 60)),
                "amount": Decimal(lots.randint(1, 25)),
                "currency": each["currency"],
                "kind": "discount",
            }
            for number in range(lots.randint(0, 2))
        ]
    return company(
        *lines,
        reading=reading,
        rates=RATES,
        charges=stored("charges", charges),
    )


@pytest.mark.parametrize("name", READINGS)
def test_cohorts_add_up_to_what_retention_starts_from(name: str) -> None:
    read = a_history(7, READINGS[name])

    summed: dict[dt.date, tuple[int, Decimal]] = {}
    for row in cohorts_of(read):
        if row["reason"] is None:
            month = first_day(month_number(row["cohort"]) + row["age"] + 1)
            people, money = summed.get(month, (0, Decimal()))
            people += row["retained_customers"]
            summed[month] = people, money + row["retained_mrr"]

    # the month after that of the cohorts' age begins with the same MRR
    starts = {
        row["period"]: (row["customers_start"], row["mrr_start"])
        for row in read.retention(1)
    }
    assert len(starts) >= 9
    assert {month: sums for month, sums in summed.items() if month in starts} == starts


def test_readings_of_the_test_above_differ() -> None:
    found = {name: cohorts_of(a_history(7, each)) for name, each in READINGS.items()}

    for name, rows in found.items():
        assert (rows == found["standard"]) == (name == "standard"), name


@pytest.mark.parametrize("age", [1, 4, 7])
def test_a_cohort_keeps_what_its_customers_keep_over_a_window(age: int) -> None:
    """Who left does not count again, in cohorts as in NRR."""
    read = a_history(3, Reading(reactivation="none"))
    steps = steps_of(read)
    cohort_of = {row["customer_id"]: row["cohort"] for row in read.found(steps)}
    checked = 0
    for row in cohorts_of(read):
        if row["age"] != age or row["reason"] is not None:
            continue
        number = month_number(row["cohort"])
        mine = [key for key, cohort in cohort_of.items() if cohort == number]
        lines = [
            each for each in read.contracts.to_pylist() if each["customer_id"] in mine
        ]
        own = company(*lines, reading=read.reading, rates=RATES, charges=read.charges)
        kept = {each["period"]: each for each in own.retention(age)}
        same = kept.get(first_day(number + age))
        if same is not None:
            assert row["retained_mrr"] == same["mrr_kept"]
            assert row["retained_customers"] == same["customers_kept"]
            checked += 1
    assert checked >= 2


def test_who_left_counts_again_unless_the_reading_says_otherwise() -> None:
    lines = (line("a", "2026-01-10", "2026-02-10"), line("a", "2026-03-01", mrr=30))

    again = cohorts_of(company(*lines))
    never = cohorts_of(company(*lines, reading=Reading(reactivation="none")))

    assert told(again, "retained_customers", "retained_mrr")[:4] == [
        (1, 100),
        (0, 0),
        (1, 30),
        (1, 30),
    ]
    assert told(never, "retained_customers", "retained_mrr")[:4] == [
        (1, 100),
        (0, 0),
        (0, 0),
        (0, 0),
    ]


def test_a_short_pause_over_the_end_of_a_month_is_none() -> None:
    rows = found(line("a", "2026-01-10", "2026-02-27"), line("a", "2026-03-03", mrr=30))

    assert told(rows, "retained_customers", "retained_mrr")[:3] == [
        (1, 100),
        (1, 100),
        (1, 30),
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_the_slow_count_at_the_end_of_each_month(seed) -> None:
    lots = random.Random(seed)
    starts = [
        dt.date(2025, 6, 1) + dt.timedelta(lots.randint(0, 360)) for _ in range(250)
    ]
    lines = [
        {
            "subscription_id": str(place),
            "customer_id": lots.choice("abcdefghijklmnopqrstuvwxyz"),
            "started_on": start,
            "ended_on": lots.choice([None, start + dt.timedelta(lots.randint(1, 90))]),
            "mrr": Decimal(lots.randint(0, 3)),
            "currency": "JPY",
        }
        for place, start in enumerate(starts)
    ]

    rows = cohorts_of(company(*lines, reading=Reading(pause_days=0)))

    counted = {
        (row["cohort"], row["age"]): (
            row["customers"],
            row["retained_customers"],
            row["retained_mrr"],
        )
        for row in rows
        if row["reason"] is None
    }
    assert counted == _slowly(lines)


def _slowly(lines: list[dict]) -> dict:
    paid = [each for each in lines if each["mrr"] > 0 and each["started_on"] <= AS_OF]
    first: dict[str, int] = {}
    for each in paid:
        month = month_number(each["started_on"])
        first[each["customer_id"]] = min(first.get(each["customer_id"], month), month)
    members = defaultdict(set)
    for customer, month in first.items():
        members[month].add(customer)
    expected = {}
    for cohort, customers in members.items():
        for month in range(cohort, last_full_month(AS_OF) + 1):
            start = first_day(month)
            end = start.replace(day=calendar.monthrange(start.year, start.month)[1])
            there = [
                each
                for each in paid
                if each["customer_id"] in customers
                and each["started_on"] <= end
                and (each["ended_on"] is None or each["ended_on"] > end)
            ]
            expected[first_day(cohort), month - cohort] = (
                len(customers),
                len({each["customer_id"] for each in there}),
                sum(each["mrr"] for each in there),
            )
    return expected


@pytest.mark.parametrize("age", [0, 1, 5])
def test_the_members_of_a_cohort_add_up_to_its_row(age: int) -> None:
    read = a_history(5, Reading(currency_rate="period"))
    members = read.found(cohort_members(steps_of(read), age=age))
    rows = [row for row in cohorts_of(read) if row["age"] == age]

    assert len(rows) >= 2
    for row in rows:
        mine = [each for each in members if each["cohort"] == row["cohort"]]
        assert len(mine) == row["customers"]
        if row["reason"] is None:
            there = [each for each in mine if each["is_there"]]
            assert len(there) == row["retained_customers"]
            assert sum(each["mrr"] for each in mine) == row["retained_mrr"]


def test_a_member_in_two_currencies_has_no_sum() -> None:
    read = company(
        line("a", "2026-01-10"), line("a", "2026-02-01", currency="USD", mrr=3)
    )
    steps = steps_of(read)

    (first,) = read.found(cohort_members(steps, age=0))
    (second,) = read.found(cohort_members(steps, age=1))

    assert (first["mrr"], first["currency"], first["is_there"]) == (100, "JPY", True)
    assert (second["mrr"], second["mrr_first"], second["is_there"]) == (
        None,
        None,
        True,
    )
