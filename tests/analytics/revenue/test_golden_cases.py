"""Every case of golden_cases.yaml, as the expressions on DuckDB answer it."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from revenue_tables import Revenue, stored
from ruamel.yaml import YAML

from banso.analytics.revenue.periods import next_first_day
from banso.analytics.revenue.reconciliation import CHARGE_KINDS, COMPONENTS
from banso.definitions.revenue import Rate, Reading

PATH = Path(__file__).parent / "golden_cases.yaml"
CASES = {case["case"]: case for case in YAML(typ="safe").load(PATH)["cases"]}
NAMES = {
    "notice": "cancelled_on",
    "signed": "signed_on",
    "term": "term_months",
    "renews": "renews_on",
    "reason": "ended_reason",
}
DATES = frozenset({"cancelled_on", "signed_on", "renews_on"})
Case = dict[str, Any]


def having(key: str) -> list[str]:
    return [name for name, case in CASES.items() if key in case]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def contract(name: str, text: str) -> dict[str, Any]:
    customer, line, start, end, mrr, *more = text.split()
    row: dict[str, Any] = {
        "customer_id": f"{name}/{customer}",
        "subscription_id": f"{name}/{line}",
        "started_on": day(start),
        "ended_on": None if end == "-" else day(end),
        "mrr": Decimal(mrr),
        "currency": "JPY",
    }
    for key, value in (item.split("=") for item in more):
        column = NAMES.get(key, key)
        if column in DATES:
            row[column] = day(value)
        elif column == "known":
            row["known_at"] = dt.datetime.combine(day(value), dt.time())
        elif column == "term_months":
            row[column] = int(value)
        elif column != "parent":
            row[column] = value
    return row


def charge(name: str, place: int, text: str) -> dict[str, Any]:
    customer, line, charged, kind, amount, currency = text.split()
    named = None if line == "-" else f"{name}/{line}"
    return {
        "charge_id": f"{name}/{place}",
        "customer_id": f"{name}/{customer}",
        "subscription_id": named,
        "charged_on": day(charged),
        "kind": None if kind == "-" else kind,
        "amount": Decimal(amount),
        "currency": currency,
    }


def like(case: Case) -> str:
    """Return what cases share that can be asked together."""
    until = str(case.get("until", "2024-12-31"))
    return json.dumps([case.get("reading", {}), until, case.get("rates", [])])


@cache
def revenue(kin: str) -> Revenue:
    """Return one company in which every case of a kind is a group of customers."""
    return company(
        kin, {name: case for name, case in CASES.items() if like(case) == kin}
    )


def company(kin: str, mine: dict[str, Case]) -> Revenue:
    """Return a company in which every case is a group of customers."""
    reading, until, rates = json.loads(kin)
    contracts = [
        contract(name, text) for name, case in mine.items() for text in case["lines"]
    ]
    charges = [
        charge(name, place, text)
        for name, case in mine.items()
        for place, text in enumerate(case.get("charges", ()))
    ]
    customers = {
        row["customer_id"]: {
            "customer_id": row["customer_id"],
            "case": row["customer_id"].split("/")[0],
        }
        for row in contracts
    }
    return Revenue(
        contracts=stored("subscriptions", contracts),
        charges=stored("charges", charges),
        customers=stored("customers", customers.values(), ["case"]),
        until=day(until),
        reading=Reading(**reading),
        rates=tuple(
            Rate(currency=currency, since=day(since), rate=Decimal(rate))
            for currency, since, rate in (text.split() for text in rates)
        ),
    )


@cache
def answered(kin: str, what: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of an answer by case."""
    company = revenue(kin)
    window = int(what.partition(" ")[2] or 0)
    match what.partition(" ")[0]:
        case "movements":
            rows = company.movements()
        case "lines":
            rows = company.found(company.movement_lines)
        case "totals":
            rows = company.totals("case")
        case "renewals":
            rows = company.renewals()
        case _:
            rows = company.retention(window, "case")
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        name = row["segment"] if "segment" in row else row["customer_id"].split("/")[0]
        found[name].append(dict(row))
    return found


def answer(name: str, what: str) -> list[dict[str, Any]]:
    return answered(like(CASES[name]), what)[name]


def moved(row: dict[str, Any], *, by_line: bool = False) -> tuple[object, ...]:
    month = f"{row['period']:%Y-%m}"
    plain = {key: str(row.get(key)).rpartition("/")[2] for key in row}
    line = (plain["subscription_id"],) if by_line else ()
    currency = row["currency"]
    return (month, plain["customer_id"], *line, row["kind"], row["amount"], currency)


def expected(text: str) -> tuple[object, ...]:
    *words, last = text.split()
    if last.isupper():
        return (*words[:-1], Decimal(words[-1]), last)
    return (*words, Decimal(last), "JPY")


def figures(items: Sequence[str]) -> Iterator[tuple[str, float | Decimal]]:
    for name, value in (item.split("=") for item in items):
        yield name, Decimal(value)


def test_there_are_at_least_forty_cases() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("name", having("movements"))
def test_movements_are_those_worked_out_by_hand(name: str) -> None:
    found = sorted(moved(row) for row in answer(name, "movements"))

    assert found == sorted(expected(text) for text in CASES[name]["movements"])


@pytest.mark.parametrize("name", having("by_line"))
def test_lines_carry_their_share(name: str) -> None:
    found = {moved(row, by_line=True) for row in answer(name, "lines")}

    assert found >= {expected(text) for text in CASES[name]["by_line"]}


@pytest.mark.parametrize("name", having("totals"))
def test_totals_are_those_worked_out_by_hand(name: str) -> None:
    rows = {f"{row['period']:%Y-%m}": row for row in answer(name, "totals")}
    for text in CASES[name]["totals"]:
        month, *items = text.split()
        for figure, value in figures(items):
            # A month in which nothing is there has no row.
            found = rows[month][figure] if month in rows else 0
            assert found == value, (month, figure)


@pytest.mark.parametrize("name", having("retention"))
def test_retention_is_that_worked_out_by_hand(name: str) -> None:
    for text in CASES[name]["retention"]:
        month, window, *items = text.split()
        rows = answer(name, f"retention {window}")
        (row,) = [row for row in rows if f"{row['period']:%Y-%m}" == month]
        want = dict(figures(items))
        assert {key: row[key] for key in want} == want
        assert row["nrr"] == pytest.approx(float(row["mrr_kept"] / row["mrr_start"]))
        assert row["grr"] == pytest.approx(float(row["mrr_gross"] / row["mrr_start"]))
        assert row["logo_retention"] == row["customers_kept"] / row["customers_start"]


@pytest.mark.parametrize("name", having("renewals"))
def test_renewals_are_those_worked_out_by_hand(name: str) -> None:
    found = [
        (
            row["subscription_id"].rpartition("/")[2],
            f"{row['due_on']}",
            row["mrr"],
            row["mrr_after"],
        )
        for row in answer(name, "renewals")
    ]

    wanted = [text.split() for text in CASES[name]["renewals"]]
    assert sorted(found) == sorted(
        (line, due, Decimal(before), Decimal(after))
        for line, due, before, after in wanted
    )


@cache
def reconciled(name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the months of a case, which is a company of its own, and the rows."""
    alone = company(like(CASES[name]), {name: CASES[name]})
    months, rows = (
        [dict(row) for row in alone.found(expression)]
        for expression in alone.reconciled
    )
    return months, rows


@pytest.mark.parametrize("name", having("reconciliation"))
def test_reconciliation_is_that_worked_out_by_hand(name: str) -> None:
    found = {}
    for row in reconciled(name)[0]:
        found[f"{row['period']:%Y-%m}", row["currency"]] = {
            name: value
            for name, value in row.items()
            if isinstance(value, Decimal) and value
        }

    wanted = {}
    for text in CASES[name]["reconciliation"]:
        month, *items = text.split()
        currency = "JPY" if "=" in items[0] else items.pop(0)
        wanted[month, currency] = dict(figures(items))
    assert found == wanted


@pytest.mark.parametrize("name", having("reconciliation"))
def test_both_identities_hold_to_the_cent(name: str) -> None:
    months, rows = reconciled(name)

    for month in months:
        assert month["billed_total"] == sum(month[kind] for kind in CHARGE_KINDS)
        parts = [month[component] for component in COMPONENTS]
        assert month["recurring"] - month["mrr"] == sum(parts)
        assert month["unexplained"] == 0
        for component in COMPONENTS:
            behind = [
                row["amount"]
                for row in rows
                if (row["period"], row["currency"], row["component"])
                == (month["period"], month["currency"], component)
            ]
            assert sum(behind) == month[component]
    assert all(row["billed"] - row["expected"] == row["amount"] for row in rows)


@pytest.mark.parametrize("name", having("behind"))
def test_rows_behind_the_reconciliation_are_those_worked_out_by_hand(name: str) -> None:
    def plain(row: dict[str, Any], key: str) -> str:
        return str(row[key]).rpartition("/")[2]

    found = {
        (
            f"{row['period']:%Y-%m}",
            row["component"],
            plain(row, "customer_id"),
            plain(row, "subscription_id"),
            row["amount"],
        )
        for row in reconciled(name)[1]
    }

    wanted = [text.split() for text in CASES[name]["behind"]]
    assert found == {(*words[:-1], Decimal(words[-1])) for words in wanted}


@pytest.mark.parametrize("name", having("reconciliation"))
def test_mrr_of_the_reconciliation_is_that_of_movements(name: str) -> None:
    alone = company(like(CASES[name]), {name: CASES[name]})
    changes = alone.found(alone.changes)

    for row in reconciled(name)[0]:
        level = [
            change["change"]
            for change in changes
            if change["currency"] == row["currency"]
            and change["day"] < next_first_day(row["period"], "month")
        ]
        assert row["mrr"] == sum(level)
