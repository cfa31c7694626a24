"""Figures of pages as programs read them: they add up with what they are made of."""

import csv

import pytest
from tests.web.conftest import Cast
from tests.web.customer.conftest import computed, project, published

from banso.web.audit.models import PersonalRead

__all__ = ["computed", "project", "published"]
C1 = "/api/v1/customers/C1"


def test_overview_counts_the_customers_of_the_list(project, cast: Cast, program):
    aoi = program(cast.aoi)
    found = aoi.get("/api/v1/overview").json()
    active = aoi.get("/api/v1/customers", {"status": "active"}).json()["items"]

    assert found["total"]["customers"] == len(active) > 0
    assert sum(b["now"]["customers"] for b in found["bands"]) == len(active)
    (mrr,) = found["total"]["mrr"]
    paid = sum(float(each["mrr"]) for each in active if each["mrr"])
    assert (mrr["currency"], float(mrr["amount"])) == ("JPY", paid)
    assert [each["days"] for each in found["renewals_within"]] == [30, 60, 90]
    of_ben = program(cast.ben).get("/api/v1/overview").json()
    assert of_ben["unowned"] is None


def test_element_says_what_it_adds_to_the_score(project, cast: Cast, program):
    aoi = program(cast.aoi)
    parts = aoi.get(f"{C1}/health/parts").json()["items"]
    moved = {
        (line["dimension"], line["element"]): line["effect"]
        for line in aoi.get(f"{C1}/health/movement").json()["items"]
    }
    metrics = aoi.get(f"{C1}/metrics").json()["items"]
    values = {each["metric"]: each["value"] for each in metrics}
    for part in parts:
        place = (part["dimension"], part["element"])
        found = aoi.get(f"{C1}/health/elements/{place[0]}/{place[1]}").json()
        for name in ("score", "weight", "points", "reason"):
            assert found[name] == part[name], place
        assert found["effect"] == moved.get(place)
        assert found["value"] == values.get(found["metric"])  # none: it is off
    assert aoi.get(f"{C1}/health/elements/adoption/nothing").status_code == 404


def test_rows_behind_a_metric_are_sent_and_noted(project, cast: Cast, program):
    at = f"{C1}/metrics/events_28/rows.csv"
    answer = program(cast.aoi).get(at)
    head, *rows = csv.reader(answer.getvalue().decode().splitlines())

    assert head[:2] == ["table", "side"]
    counted = {row[0] for row in rows}
    assert counted <= {"events"}
    assert PersonalRead.objects.filter(kind="use", customer_id="C1").exists()
    assert program(cast.ben).get(at).status_code == 403
    assert program(cast.aoi).get(at.replace("events_28", "no")).status_code == 404


def test_accuracy_is_of_what_was_asked_for_or_not_there(project, cast: Cast, program):
    aoi = program(cast.aoi)
    found = aoi.get("/api/v1/accuracy").json()

    assert found["as_of"] is not None
    assert found["why_not"] or found["items"]
    for days in found["horizons"]:
        assert aoi.get("/api/v1/accuracy", {"days": days}).json()["days"] == days
    if found["horizons"]:
        assert aoi.get("/api/v1/accuracy", {"days": 7777}).status_code == 404


@pytest.mark.parametrize("who", ["aoi", "chika"])
def test_checks_are_for_who_sees_all_customers(project, cast: Cast, program, who):
    answer = program(getattr(cast, who)).get("/api/v1/team/checks")

    if who == "chika":
        assert (answer.status_code, answer.json()["code"]) == (403, "customers_forbid")
    else:
        assert {check["pitfall"] for check in answer.json()["checks"]} <= {
            "bound", "bloated", "reactive", "wandering",
        }  # fmt: skip
