"""What to suggest to whom, for programs."""

import csv
import io

from tests.web.api.conftest import program
from tests.web.conftest import Cast
from tests.web.customer.conftest import SLASHED
from tests.web.recommendations.conftest import Show, tables

__all__ = ["program"]
LIST = "/api/v1/recommendations"


def test_suggestions_are_paged_filtered_and_in_scope(cast: Cast, program, show: Show):
    show(tables())
    aoi, chika = program(cast.aoi), program(cast.chika)

    first = aoi.get(LIST, {"limit": 2}).json()
    second = aoi.get(first["next"]).json()
    of_one = aoi.get(LIST, {"customer_id": SLASHED}).json()["items"]

    told = first["items"] + second["items"]
    assert [(each["customer_id"], each["item"]) for each in told] == [
        ("C1", "scan"), (SLASHED, "=share"), ("C1", "=share"),
    ]  # fmt: skip
    assert second["next"] is None
    assert told[0]["because"][1] == {"what": "industry", "value": "卸売業"}
    assert (told[0]["chance"], told[0]["peers"]) == (0.68, 25)
    assert [each["item"] for each in of_one] == ["=share"]
    mine = chika.get(LIST, {"item": "feature:=share"}).json()["items"]
    assert [each["customer_id"] for each in mine] == ["C1"]
    assert chika.get(LIST, {"customer_id": SLASHED}).status_code == 404
    assert aoi.get(LIST, {"sort": "colour"}).status_code == 422


def test_items_and_file_are_those_of_the_page(cast: Cast, program, show: Show):
    show(tables())
    aoi, ben = program(cast.aoi), program(cast.ben)

    items = aoi.get(f"{LIST}/items").json()["items"]
    text = aoi.get(f"{LIST}.csv", {"sort": "chance"}).getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [each["item"] for each in items] == ["=share", "rare", "scan"]
    assert items[1]["stayed_reason"] == "too_few_takers"
    assert [row["item"] for row in rows] == ["'=share", "'=share", "scan"]
    assert ben.get(f"{LIST}.csv").json()["code"] == "role_forbids"


def test_before_any_run_there_is_nothing(cast: Cast, program):
    assert program(cast.aoi).get(LIST).json() == {
        "as_of": None, "items": [], "cursor": None, "next": None,
    }  # fmt: skip
