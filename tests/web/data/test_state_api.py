"""What is connected and what was not taken in, for programs."""

from typing import Any

import pytest
from tests.web.api.conftest import program
from tests.web.conftest import Cast

from banso.runs.project import Project
from banso.web.audit.models import PersonalRead

__all__ = ["program"]


def test_connected_tables_say_how_fresh_they_are(
    cast: Cast, program: Any, company: Project
) -> None:
    found = program(cast.aoi).get("/api/v1/connections").json()

    by_name = {each["table"]: each for each in found["items"]}
    assert found["as_of"] == "2026-11-22"
    assert by_name["customers"]["rows"] == 4
    assert by_name["customers"]["quarantined"] == 1
    assert by_name["events"]["newest_on"] == "2026-09-02"
    assert by_name["events"]["loaded_at"]
    assert by_name["tickets"] | {"is_connected": True} == {
        "table": "tickets", "is_connected": True, "rows": 0, "newest_on": None,
        "loaded_at": None, "quarantined": 0, "is_stale": False,
    }  # fmt: skip
    assert not by_name["tickets"]["is_connected"]
    assert (found["sources"], found["faults"]) == ([], [])


def test_findings_are_paged_and_the_reading_is_noted(
    cast: Cast, program: Any, company: Project
) -> None:
    aoi = program(cast.aoi)

    first = aoi.get("/api/v1/quarantine", {"limit": 3}).json()
    rest = aoi.get(first["next"]).json()
    mine = aoi.get("/api/v1/quarantine", {"table": "customers"}).json()

    ids = [each["quarantine_id"] for each in first["items"] + rest["items"]]
    whole = aoi.get("/api/v1/quarantine", {"limit": 1000}).json()
    assert ids == [each["quarantine_id"] for each in whole["items"]][:6]
    assert len(whole["items"]) >= whole["rows"] > 6
    (gigantic,) = mine["items"]
    assert (gigantic["line"], gigantic["column"], gigantic["value"]) == (
        2,
        "touch",
        "gigantic",
    )
    assert gigantic["advice"].startswith("Use one of")
    assert PersonalRead.objects.get(table="quarantine").times == 4


@pytest.mark.parametrize("cursor", ["nonsense", "x"])
def test_cursor_of_another_list_does_not_begin_again(
    cast: Cast, program: Any, company: Project, cursor: str
) -> None:
    answer = program(cast.aoi).get("/api/v1/quarantine", {"cursor": cursor})

    assert answer.status_code == 422
    assert answer.json()["code"] == "cursor_invalid"


def test_who_keeps_no_data_sees_no_rows(
    cast: Cast, program: Any, company: Project
) -> None:
    assert program(cast.chika).get("/api/v1/quarantine").status_code == 403


def test_history_tells_what_each_version_changed(
    cast: Cast, program: Any, company: Project
) -> None:
    run, second, first, published = (
        program(cast.ben).get("/api/v1/data-history").json()["items"]
    )

    assert (run["as_of"], run["tables"]) == ("2026-11-22", [])
    assert second["quarantine"] == {"before": 0, "after": 124}
    of_customers = {"table": "customers", "before": 0, "after": 4}
    assert of_customers in first["tables"]
    assert (len(first["tables"]), first["quarantine"]) == (4, None)
    assert published["published"]
    assert run["version"] > second["version"] > first["version"]
