"""Cohorts for programs, of a company that was really run."""

import csv
import io

import pytest
from tests.web.api.conftest import program
from tests.web.cohorts.test_members import company, published, shown
from tests.web.conftest import Cast

__all__ = ["company", "program", "published", "shown"]


@pytest.mark.usefixtures("shown")
def test_cells_lead_to_the_customers_behind_them(cast: Cast, program):
    aoi = program(cast.aoi)

    page = aoi.get("/api/v1/cohorts").json()
    (cell,) = [each for each in page["items"] if each["age_months"] == 6]
    asked = {"age": 6, "start": cell["start"], "by": "quarter"}
    behind = aoi.get("/api/v1/cohorts/customers", asked | {"limit": 3}).json()
    rest = aoi.get(behind["next"]).json()
    text = aoi.get("/api/v1/cohorts.csv").getvalue().decode()

    assert (cell["start"], cell["customers"]) == ("2026-04-01", 4)
    assert (behind["customers"], behind["there"]) == (4, 3)
    assert behind["items"][0] | {"owner": ""} == {
        "customer_id": "C1", "name": "Customer 1", "owner": "", "cohort": "2026-04-01",
        "is_there": False, "mrr_first": "50000.0000", "mrr": "0.0000",
        "currency": "JPY",
    }  # fmt: skip
    assert len(behind["items"] + rest["items"]) == 4
    assert len(list(csv.DictReader(io.StringIO(text)))) == len(page["items"])


@pytest.mark.usefixtures("shown")
def test_what_there_is_not_is_no_other_answer(cast: Cast, program):
    """The page leaves it out; a program would take all customers for a segment."""
    aoi, chika = program(cast.aoi), program(cast.chika)

    assert aoi.get("/api/v1/cohorts", {"group": "colour"}).status_code == 404
    money = {"of": "events", "measure": "money"}
    assert aoi.get("/api/v1/cohorts", money).status_code == 404
    behind = {"age": 6, "group": "colour", "segment": "x"}
    assert aoi.get("/api/v1/cohorts/customers", behind).status_code == 404
    cell = {"age": 6, "start": "2026-04-01"}
    own = chika.get("/api/v1/cohorts/customers", cell).json()
    assert (own["customers"], own["items"]) == (0, [])


def test_before_any_run_there_is_nothing(cast: Cast, program):
    page = program(cast.aoi).get("/api/v1/cohorts").json()

    assert (page["as_of"], page["items"]) == (None, [])
