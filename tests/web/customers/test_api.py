"""Customers for programs."""

from decimal import Decimal

import pytest
from tests.web.api.conftest import program
from tests.web.customers.conftest import AS_OF, AddCustomer

__all__ = ["program"]
CUSTOMERS = "/api/v1/customers"


def test_customer_has_the_figures_of_the_release(cast, program, add_customer):
    add_customer(
        "C/1 %", owner="aoi@example.com", mrr=Decimal("1234567.8900"), currency="JPY",
        renews_on=AS_OF, p_churn=0.25, attributes='{"prefecture": "佐賀県"}',
    )  # fmt: skip

    found = program(cast.aoi).get(f"{CUSTOMERS}/C%252F1%20%25").json()

    assert found["customer_id"] == "C/1 %"
    assert found["mrr"] == "1234567.8900"
    assert found["currency"] == "JPY"
    assert found["renews_on"] == "2026-11-22"
    assert found["p_churn"] == 0.25
    assert found["score"] == 55.9
    assert found["seats"] is None
    assert found["attributes"] == {"prefecture": "佐賀県"}


@pytest.mark.parametrize("sort", ["score", "-score", "name", "-mrr", "renews", "owner"])
def test_pages_lead_through_all_customers_once(
    cast, program, add_customer: AddCustomer, sort
):
    for number in range(23):
        add_customer(f"C{number:02d}", score=float(number % 5), name=f"名前\t{number}")
    client = program(cast.aoi)

    seen, address = [], f"{CUSTOMERS}?limit=7&sort={sort}"
    while address:
        page = client.get(address).json()
        seen += [item["customer_id"] for item in page["items"]]
        address = page["next"]

    assert sorted(seen) == [f"C{number:02d}" for number in range(23)]


def test_filters_are_those_of_the_page(cast, program, add_customer):
    add_customer("C1", band="at_risk", plan="Pro", attributes='{"region": "east"}')
    add_customer("C2", band="healthy", plan="Pro", attributes='{"region": "west"}')
    client = program(cast.aoi)

    def ids(**asked: str) -> list[str]:
        items = client.get(CUSTOMERS, asked).json()["items"]
        return [item["customer_id"] for item in items]

    assert ids(band="at_risk") == ["C1"]
    assert ids(plan="Pro") == ["C1", "C2"]
    assert ids(q="customer c2") == ["C2"]
    assert ids(status="churned") == []
    assert ids(**{"attr.region": "west"}) == ["C2"]


def test_nothing_is_there_before_the_first_run(cast, program):
    answer = program(cast.aoi).get(CUSTOMERS).json()

    assert answer == {
        "as_of": None, "release_id": None, "items": [], "cursor": None, "next": None,
    }  # fmt: skip
