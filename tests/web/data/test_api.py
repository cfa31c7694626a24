"""Tables for programs: rows out, in three forms, and rows in."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.web.api.conftest import program
from tests.web.customer.conftest import WILD, computed, project, published

from banso.runs.project import Project, create_project
from banso.web.audit.models import AuditEntry
from banso.web.tokens.models import Repeatable

__all__ = ["computed", "program", "project", "published"]
TABLES = "/api/v1/tables"


def content(answer) -> bytes:
    return b"".join(answer.streaming_content)


def lines(answer) -> list[dict]:
    return [json.loads(line) for line in content(answer).splitlines()]


def rows_in(client, rows, *, table="customers", **headers):
    return client.post(
        f"{TABLES}/{table}/rows", {"rows": rows}, content_type="application/json",
        headers=headers,
    )  # fmt: skip


@pytest.fixture
def empty(tmp_path: Path, settings, db) -> Project:
    made = create_project(
        tmp_path / "empty", name="T", timezone="Asia/Tokyo", currency="JPY",
        language="ja",
    )  # fmt: skip
    settings.BANSO_PROJECT_FOLDER = made.folder
    return made


def test_tables_are_listed_with_their_columns(cast, program, project):
    found = program(cast.aoi).get(TABLES).json()

    by_name = {table["name"]: table for table in found["items"]}
    assert found["as_of"] == "2026-11-22"
    assert by_name["subscriptions"]["kind"] == "facts"
    assert {"name": "score", "type": "double"} in by_name["health"]["columns"]
    assert not any("." in name for name in by_name)


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
def test_rows_are_the_same_in_every_form(cast, program, project, form):
    answer = program(cast.aoi).get(f"{TABLES}/subscriptions/rows", {"format": form})

    body = content(answer)
    assert answer.status_code == 200
    assert f"subscriptions.{form}" in answer["Content-Disposition"]
    if form == "ndjson":
        rows = [json.loads(line) for line in body.splitlines()]
        assert {row["mrr"] for row in rows} == {"50000.0000"}
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(body.decode())))
        assert {Decimal(row["mrr"]) for row in rows} == {50_000}
    else:
        rows = pq.read_table(io.BytesIO(body)).to_pylist()
        assert {row["mrr"] for row in rows} == {50_000}
    assert len(rows) == 4
    assert {row["customer_id"] for row in rows} >= {"C1", "C2", "C4"}


def test_rows_are_those_of_the_customers_in_scope_and_in_the_audit(
    cast, program, project
):
    chika = program(cast.chika)

    found = lines(chika.get(f"{TABLES}/health/rows"))
    contracts = lines(chika.get(f"{TABLES}/subscriptions/rows"))

    assert {row["customer_id"] for row in found + contracts} == {"C1"}
    assert chika.get(f"{TABLES}/partners/rows").status_code == 403
    assert AuditEntry.objects.filter(action="table_exported").count() == 2


def test_what_is_personal_is_masked_as_on_the_page(cast, program, project):
    chika, aoi = program(cast.chika), program(cast.aoi)
    address = f"{TABLES}/contacts/rows"

    assert {row["name"] for row in lines(chika.get(address))} == {None}
    assert {row["name"] for row in lines(aoi.get(address))} == {"田中", "鈴木", "花村"}


def test_results_of_one_date_can_be_had(cast, program, project):
    aoi = program(cast.aoi)

    found = lines(aoi.get(f"{TABLES}/health/rows", {"as_of": "2026-11-22"}))
    refused = aoi.get(f"{TABLES}/subscriptions/rows", {"as_of": "2026-11-22"})

    assert {row["as_of"] for row in found} == {"2026-11-22"}
    assert (refused.status_code, refused.json()["code"]) == (422, "no_as_of")
    assert aoi.get(f"{TABLES}/nothing/rows").status_code == 404


def test_formula_does_not_run_in_a_spreadsheet(cast, program, empty):
    aoi = program(cast.aoi)
    rows_in(aoi, [{"customer_id": "C1", "name": "=1+1"}])

    body = content(aoi.get(f"{TABLES}/customers/rows", {"format": "csv"})).decode()

    assert "'=1+1" in body


def test_read_only_user_takes_nothing_out(cast, program, project):
    assert program(cast.ben).get(f"{TABLES}/health/rows").status_code == 403
    assert program(cast.ben).get(TABLES).status_code == 200


def test_rows_are_added_replaced_and_named_when_faulty(cast, program, empty):
    aoi = program(cast.aoi)

    first = rows_in(
        aoi,
        [
            {"customer_id": "C1", "name": "青空商事", "seats": 3},
            {"customer_id": "C2", "name": None},
            {"name": "nobody"},
            {"customer_id": "\ud800", "name": WILD},
        ],
    ).json()
    again = rows_in(aoi, [{"customer_id": "C1", "name": "青空"}]).json()
    dated = rows_in(
        aoi,
        [
            {
                "subscription_id": "S1",
                "customer_id": "C1",
                "started_on": "2026-13-45",
                "mrr": "10",
            },
            {
                "subscription_id": "S2",
                "customer_id": "C9",
                "started_on": "2026-01-01",
                "mrr": 10.5,
            },
        ],
        table="subscriptions",
        **{"accept-language": "ja"},
    ).json()

    assert (first["rows_read"], first["new"], first["quarantined"]) == (4, 2, 2)
    assert {(f["row"], f["reason"]) for f in first["faults"]} == {
        (1, "missing_value"), (2, "missing_value"),
    }  # fmt: skip
    assert (again["new"], again["changed"]) == (0, 1)
    assert {(f["row"], f["column"], f["reason"]) for f in dated["faults"]} == {
        (0, "started_on", "unparsable_date"), (1, "customer_id", "unknown_customer"),
    }  # fmt: skip
    assert dated["faults"][1]["waiting_for"] == "C9"
    assert "日付" in dated["faults"][0]["title"]
    assert AuditEntry.objects.filter(action="rows_loaded").count() == 3


def test_row_that_waited_is_taken_in_with_its_customer(cast, program, empty):
    aoi = program(cast.aoi)
    contact = {"contact_id": "P1", "customer_id": "C1", "name": "田中"}
    rows_in(aoi, [contact], table="contacts")

    rows_in(aoi, [{"customer_id": "C1", "name": "青空"}])

    found = lines(aoi.get(f"{TABLES}/contacts/rows"))
    assert [row["contact_id"] for row in found] == ["P1"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "request_invalid"),
        ([{"customer_id": "C1"}] * 10_001, "request_invalid"),
        (["C1"], "request_invalid"),
        ([{"shoe_size": 44}], "columns_missing"),
    ],
)
def test_rows_that_cannot_be_a_table_are_refused(cast, program, empty, rows, code):
    answer = rows_in(program(cast.aoi), rows)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_only_keepers_who_see_all_load_rows(cast, program, empty):
    rows = [{"customer_id": "C1", "name": "青空"}]
    narrow = program(cast.aoi, "data:read")
    cast.ben.role = "ops"  # sees only the customers of the team
    cast.ben.save()

    refused = [rows_in(each, rows) for each in (
        program(cast.chika), narrow, program(cast.ben),
    )]  # fmt: skip

    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert [answer.json()["code"] for answer in refused] == [
        "role_forbids", "scope_missing", "customers_forbid",
    ]  # fmt: skip


def test_same_key_does_the_same_once(cast, program, empty):
    aoi, key = program(cast.aoi), {"idempotency-key": "k1"}
    rows = [{"customer_id": "C1", "name": "青空"}]

    first, second = rows_in(aoi, rows, **key), rows_in(aoi, rows, **key)
    other = rows_in(aoi, [{"customer_id": "C2", "name": "別"}], **key)

    assert first.json()["new"] == 1
    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert AuditEntry.objects.filter(action="rows_loaded").count() == 1


def test_key_under_way_is_refused_and_a_day_later_free(cast, program, empty):
    aoi, key = program(cast.aoi), {"idempotency-key": "k1"}
    rows = [{"customer_id": "C1", "name": "青空"}]
    rows_in(aoi, rows, **key)
    Repeatable.objects.update(status=None)

    under_way = rows_in(aoi, rows, **key)
    Repeatable.objects.update(status=200, at="2026-01-01T00:00Z")
    later = rows_in(aoi, rows, **key)

    assert (under_way.status_code, under_way.json()["code"]) == (
        409, "request_under_way",
    )  # fmt: skip
    assert later.json()["unchanged"] == 1


def test_refused_request_leaves_its_key_free(cast, program, empty):
    aoi, key = program(cast.aoi), {"idempotency-key": "k1"}

    refused = rows_in(aoi, [{"shoe_size": 44}], **key)
    mended = rows_in(aoi, [{"customer_id": "C1", "name": "青空"}], **key)

    assert (refused.status_code, mended.status_code) == (422, 200)


def test_body_that_is_too_large_or_no_json_is_refused(cast, program, empty):
    aoi, address = program(cast.aoi), f"{TABLES}/customers/rows"

    large = aoi.post(address, b" " * 20_000_001, content_type="application/json")
    broken = aoi.post(address, b"{", content_type="application/json")

    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    assert (broken.status_code, broken.json()["code"]) == (400, "body_unreadable")


def test_lake_that_is_busy_asks_to_come_again(cast, program, empty):
    from banso.runs.results import lake_of  # noqa: PLC0415

    aoi = program(cast.aoi)
    lake_of(empty).folder.mkdir(parents=True, exist_ok=True)
    with lake_of(empty).writing(at=dt.datetime.now(dt.UTC)):
        answer = rows_in(aoi, [{"customer_id": "C1", "name": "青空"}])

    assert (answer.status_code, answer.json()["code"]) == (503, "lake_busy")
    assert answer["Retry-After"] == "5"
