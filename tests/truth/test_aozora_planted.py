"""A whole run over Aozora Cloud finds what was planted there, and nothing else."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from lakes import NOW

from banso.cli.main import run as command
from banso.demo.aozora import write_company
from banso.runs.loading import load
from banso.runs.project import create_project
from banso.runs.publishing import apply_definitions
from banso.runs.reading import ReleaseReader, close_reader, reader_of
from banso.runs.running import run

pytestmark = pytest.mark.long

LAST_DAY = dt.date(2026, 11, 22)
VOLUME = 1.0  # with fewer events those whose onboarding succeeded look idle, too
# What planted.py calls noise: none of it drives anybody away.
NOISE = (
    *("tickets_28", "tickets_90", "tickets_open", "bug_share_90"),
    *("nps_last", "csat_180", "requests_180"),
)
# Planted as signs, not as causes: most customers talk of leaving before they leave.
SIGNS = (
    *("discount_requests_180", "sentiment.discount_requests", "sentiment"),
    *("leaving_tickets_90", "support.leaving_tickets", "support"),
)
# Carried along by the driver, which alone decides.
PASSENGERS = (
    *("days_active_28", "active_contacts_28", "events_28", "contact_reach_28"),
    "interactions_90",  # they fall silent after failed onboarding
)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("aozora")
    write_company(
        folder / "facts", customers=500, last_day=LAST_DAY, seed=3, volume=VOLUME
    )
    project = create_project(
        folder / "project",
        name="Aozora",
        timezone="Asia/Tokyo",
        currency="JPY",
        language="ja",
    )
    load(project, Path(folder / "facts"), at=NOW)
    apply_definitions(project, by="test", why="start", at=NOW)
    made = run(project, as_of=LAST_DAY, at=NOW)
    yield reader_of(project, made.release_id)
    close_reader()


def drivers(release: ReleaseReader) -> dict[str, dict[str, Any]]:
    return {
        str(row["element"]): dict(row)
        for row in release.findings("drivers", stratum="all")
    }


def test_planted_driver_is_what_is_left(release: ReleaseReader) -> None:
    """The share of documents digitised is told by the outcome's attainment."""
    kept = [row for row in drivers(release).values() if row["is_kept"]]
    causes = [row for row in kept if row["element"] not in SIGNS]
    strongest = min(causes, key=lambda row: row["adjusted_q"])

    assert str(strongest["element"]).startswith(("outcome", "roi"))
    assert strongest["direction"] == "higher_stays"
    assert strongest["q_value"] < 0.01


def test_noise_and_passengers_are_not_kept(release: ReleaseReader) -> None:
    found = drivers(release)

    assert [key for key in NOISE if found[key]["is_kept"]] == []
    assert [key for key in NOISE if (found[key]["q_value"] or 1) < 0.05] == []
    assert [key for key in PASSENGERS if found[key]["is_kept"]] == []


def test_failed_onboarding_halves_health_and_hardly_goes_with_churn(
    release: ReleaseReader,
) -> None:
    """Planted: 8 % and 10 % leave in the first year, health is about half."""
    texts = release.findings("answer_texts", question="onboarding_failed")
    found = {row["outcome"]: row for row in texts}
    rates = {
        row["grp"]: row
        for row in release.findings("answers", question="onboarding_failed")
        if row["outcome"] == "churn"
    }
    (ratio,) = release.findings(
        "answer_tests", question="onboarding_failed", outcome="health", test="ratio"
    )

    assert found["health"]["verdict"] == "goes_with_less"
    assert 0.45 < ratio["effect"] < 0.6
    assert ratio["high"] - ratio["low"] < 0.12
    assert "倍にあたります（95%信頼区間" in str(found["health"]["ja"])
    assert found["churn"]["verdict"] in {"no_difference_found", "goes_with_more"}
    assert rates["exposed"]["low"] < 0.10 < rates["exposed"]["high"]
    assert rates["others"]["low"] < 0.08 < rates["others"]["high"]


def test_champion_that_left_tells_who_leaves_more_often(
    release: ReleaseReader,
) -> None:
    rows = release.findings("signals_judged")
    found = {r["figure"]: r for r in rows if r["signal"] == "champion_left"}

    # Planted: 2.2 times the hazard for half a year, which is the horizon.
    assert found["lift"]["low"] < 2.2 < found["lift"]["high"]


def test_no_chance_is_said_without_its_interval(release: ReleaseReader) -> None:
    rows = release.findings("forecast", as_of=LAST_DAY)

    assert len(rows) > 1000
    for row in rows:
        assert (row["p_churn"] is None) == (row["low"] is None)
        if row["p_churn"] is not None:
            assert 0 <= row["low"] <= row["p_churn"] <= row["high"] <= 1
            assert row["mrr_at_risk"] is None or row["mrr_at_risk"] >= 0


def test_forecast_and_rules_are_compared_where_a_model_spoke(
    release: ReleaseReader,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BANSO_LANG", "en")
    fits = release.findings("forecast_models", target="churn")
    first_model = min(row["fitted_on"] for row in fits if row["family"] != "rate")
    found = release.findings("forecast_compared", horizon_days=90)
    judged = {
        row["subject"]: row["n"]
        for row in release.findings("judged", stratum="all", horizon_days=90)
        if row["figure"] == "auc" and row["outcome"] == "churn"
    }

    command(["backtest", "forecast", "--project", str(release.project.folder)])

    printed = capsys.readouterr().out
    assert {row["rule"] for row in found} == {
        "rule.last_rate", "rule.recency", "rule.logistic",
    }  # fmt: skip
    for row in found:
        assert row["first_date"] >= first_model
        assert row["n"] <= min(judged["forecast"], judged[row["rule"]])
        assert (row["verdict"] is None) == (row["reason"] is not None)
        assert (row["gain"] is None) == (row["reason"] is not None)
        assert f"- {row['en']}" in printed
