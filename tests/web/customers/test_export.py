"""The list of customers as CSV."""

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client
from tests.web.customers.conftest import AddCustomer

from banso.web.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


def lines(client: Client, url: str) -> list[dict[str, str]]:
    response = client.get(url)
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(content)))


def test_filters_order_and_scope(chika: Client, add_customer: AddCustomer) -> None:
    add_customer("C1", owner="chika@example.com", mrr=Decimal(5), currency="JPY")
    add_customer("C2", owner="chika@example.com", mrr=Decimal(7), currency="JPY")
    add_customer("C3", owner="chika@example.com", band="at_risk")
    add_customer("C4", owner="aoi@example.com")

    rows = lines(chika, "/customers.csv?band=watch&sort=-mrr")

    assert [row["customer_id"] for row in rows] == ["C2", "C1"]
    assert Decimal(rows[0]["mrr"]) == 7
    assert rows[0]["score"] == "55.9"


def test_columns_of_the_company_come_last(
    aoi: Client, add_customer: AddCustomer
) -> None:
    add_customer("C1", attributes='{"region": "関東", "score": 3, "=x": null}')
    add_customer("C2", attributes='{"region": "関西", "score": null, "=x": "=1"}')

    first, second = (
        lines(aoi, "/customers.csv?attr.region=関東"),
        lines(aoi, "/customers.csv?attr.region=関西"),
    )

    assert list(first[0])[-3:] == ["'=x", "region", "attribute_score"]
    assert (first[0]["region"], first[0]["attribute_score"]) == ("関東", "3")
    assert second[0]["'=x"] == "'=1"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t"])
def test_no_cell_becomes_a_formula(
    aoi: Client, add_customer: AddCustomer, start: str
) -> None:
    add_customer("C1", name=f'{start}HYPERLINK("http://x","y")', change=-4.5)

    (row,) = lines(aoi, "/customers.csv")

    assert row["name"].startswith("'")
    assert row["change"] == "-4.5"  # a number stays one


def test_excel_wants_a_byte_order_mark(aoi: Client, add_customer: AddCustomer) -> None:
    add_customer("C1", name="青空")

    plain = b"".join(aoi.get("/customers.csv").streaming_content)  # type: ignore[attr-defined]
    excel = b"".join(aoi.get("/customers.csv?bom=1").streaming_content)  # type: ignore[attr-defined]

    assert not plain.startswith(b"\xef\xbb\xbf")
    assert excel == b"\xef\xbb\xbf" + plain
    assert "青空" in plain.decode()


def test_it_is_in_the_audit(aoi: Client, add_customer: AddCustomer) -> None:
    aoi.get("/customers.csv?band=at_risk")

    entry = AuditEntry.objects.get(action="customers_exported")
    assert entry.subject_name == "band=at_risk"


def test_read_only_may_not(ben: Client, add_customer: AddCustomer) -> None:
    assert ben.get("/customers.csv").status_code == 403
    assert "/customers.csv" not in ben.get("/customers/?view=0").content.decode()
