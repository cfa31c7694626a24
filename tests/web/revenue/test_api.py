"""The rows behind figures of revenue, for programs: they add up to them."""

import csv
import io
from decimal import Decimal

import pytest
from tests.web.api.conftest import program
from tests.web.conftest import Cast
from tests.web.revenue.test_reconciliation import billed, project, published

__all__ = ["billed", "program", "project", "published"]
LINES = "/api/v1/revenue/lines"
MONTHS = "/api/v1/revenue/reconciliation"
ROWS = "/api/v1/revenue/reconciliation/rows"


def follow(client, address, asked):
    page = client.get(address, asked).json()
    while True:
        yield from page["items"]
        if page["next"] is None:
            return
        page = client.get(page["next"]).json()


@pytest.mark.usefixtures("project")
def test_lines_add_up_to_each_amount_of_a_period(cast: Cast, program):
    for who in (cast.aoi, cast.chika):
        client = program(who)
        periods = client.get("/api/v1/revenue/periods").json()["items"]
        for each in periods:
            for kind, amount in each["amounts"].items():
                asked = {
                    "period": each["period"], "kind": kind, "limit": 2,
                    "currency": each["currency"],
                }  # fmt: skip
                rows = list(follow(client, LINES, asked))
                assert sum(Decimal(r["amount"]) for r in rows) == Decimal(amount)


@pytest.mark.usefixtures("project")
def test_rows_add_up_to_each_amount_of_the_reconciliation(cast: Cast, program):
    client = program(cast.aoi)
    (october,) = [
        each
        for each in client.get(MONTHS).json()["items"]
        if (each["month"], each["currency"]) == ("2026-10-01", "JPY")
    ]
    told = october["amounts"]
    for item in set(told) - {"mrr", "unexplained"}:
        asked = {"month": "2026-10-01", "currency": "JPY", "item": item}
        page = client.get(ROWS, asked).json()
        amounts = [Decimal(row["amount"]) for row in page["items"]]
        assert sum(amounts) == Decimal(told[item])
        assert Decimal((page["total"] or {"amount": 0})["amount"]) == sum(amounts)
        text = client.get(f"{ROWS}.csv", asked).getvalue().decode()
        assert len(list(csv.DictReader(io.StringIO(text)))) == len(amounts)
    assert Decimal(october["difference"]) == Decimal(told["recurring"]) - Decimal(
        told["mrr"]
    )


@pytest.mark.usefixtures("project")
def test_only_own_customers_are_behind_a_figure(cast: Cast, program):
    chika, ben = program(cast.chika), program(cast.ben)
    asked = {"kind": "closing", "period": "2026-10-01"}

    lines = chika.get(LINES, asked).json()["items"]

    assert {line["customer_id"] for line in lines} == {"C1"}
    assert ben.get(f"{LINES}.csv").json()["code"] == "role_forbids"
    assert chika.get(LINES, {"grouping": "colour"}).status_code == 404
    assert chika.get(LINES, {"kind": "colour"}).status_code == 422
