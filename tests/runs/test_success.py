"""The success funnel of a run: from files to the result tables."""

import datetime as dt
from pathlib import Path

import pytest
from lakes import NOW
from success_company import END, company, project_with

from banso.runs.project import Project
from banso.runs.reading import ReleaseReader, close_reader, reader_of
from banso.runs.running import run


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = project_with(company(), tmp_path_factory.mktemp("success") / "company")
    run(made, as_of=END - dt.timedelta(days=1), at=NOW)
    return made


@pytest.fixture(scope="module")
def reader(project: Project):
    """The results of the next day's run."""
    yield reader_of(project, run(project, as_of=END, at=NOW).release_id)
    close_reader()


def test_funnel_counts_each_customer_once(reader: ReleaseReader) -> None:
    states = {
        row["customer_id"]: row["state"]
        for row in reader.findings("success", as_of=END)
    }
    rows = {row["period"]: row for row in reader.findings("success_funnel", as_of=END)}

    assert reader.release.notes["success"] == {}
    assert states == {
        "ok": "successful",
        "idle": "not_adopting",
        "late": "not_onboarded",
        "left": "left",
    }
    assert set(rows) == {"all", "month", "quarter", "year"}
    assert rows["month"]["cohort"] == dt.date(2026, 1, 1)
    for row in rows.values():
        assert (row["customers"], row["onboarded"], row["successful"]) == (4, 3, 1)
        assert row["onboarding_rate"] == 0.75
        assert row["adoption_rate"] == pytest.approx(1 / 3)


def test_history_has_the_last_date_of_each_month(reader: ReleaseReader) -> None:
    rows = reader.findings("success_history")

    assert [str(row["as_of"]) for row in rows] == [
        "2026-01-25",
        "2026-02-22",
        "2026-03-29",
        "2026-04-26",
        "2026-05-31",
        "2026-06-30",
    ]
    assert [row["successful"] for row in rows] == [0, 0, 2, 2, 1, 1]
    assert [row["csms"] for row in rows] == [None] * 5 + [2]
    assert rows[-1]["successful_per_csm"] == 0.5


def test_next_day_gives_what_a_full_run_gives(
    project: Project, reader: ReleaseReader
) -> None:
    full = run(project, as_of=END, at=NOW, full=True)

    for name in ("success", "success_funnel", "success_history"):
        assert [part.sha256 for part in reader.release.tables[name]] == [
            part.sha256 for part in full.tables[name]
        ]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    tables = company()
    del tables["milestones"]

    release = run(project_with(tables, tmp_path / "company"), as_of=END, at=NOW)

    assert release.notes["success"] == {
        "reason": "metrics_off",
        "missing": ["milestones_reached"],
    }
    assert "success" not in release.tables
