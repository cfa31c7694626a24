"""Touch models of a run: proposed, accepted, set by hand, and back to the source."""

import datetime as dt
from pathlib import Path

import pytest
from lakes import NOW, new_project, put
from signal_company import DAY, END, rows_of_company

from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of, open_session
from banso.runs.running import run

pytestmark = pytest.mark.long

TOUCH = """schema_version: 1
touch:
  models:
    - key: high
      label: {ja: ハイタッチ, en: High touch}
      hours_per_month: 40
    - key: low
      label: {ja: ロータッチ, en: Low touch}
      hours_per_month: 4
    - key: tech
      label: {ja: テックタッチ, en: Tech touch}
      hours_per_month: 1
      owned: false
  rules:
    - key: silent
      label: {ja: 3週間使われていない, en: Unused for three weeks}
      when: days_since_last_event >= 21 and size == 'large'
      touch: high
    - key: large
      label: {ja: 規模が大きい, en: Large}
      when: size == 'large' and value > 0
      touch: low
    - key: never
      label: {ja: 無い列, en: Not there}
      when: tickets_28 is None
      touch: high
  otherwise: tech
  need: score
  for_weeks: 2
  stay_bonus: 0
  capacity: {hours_per_week: 24, roles: [csm]}
"""
STAFF = [
    {"email": "CSM0@example.com", "name": "A", "role": "csm"},
    {"email": "csm1@example.com", "name": "B", "role": "csm", "left_on": END},
    {"email": "new@example.com", "name": "C", "role": "csm"},
    {"email": "lead@example.com", "name": "D", "role": "lead"},
]


def put_company(folder: Path, *, touch: str = TOUCH) -> Project:
    project = new_project(folder)
    path = project.definitions_folder / "touch.yaml"
    path.write_text(touch, encoding="utf-8")
    apply_definitions(project, by="test", why="touch", at=NOW)
    rows = dict(rows_of_company(until=END))
    rows["customers"] = [
        {**row, "touch": "low" if place % 4 == 1 else None}
        for place, row in enumerate(rows["customers"])
    ]
    put(project, {**rows, "staff": STAFF})
    return project


def results(project: Project, name: str) -> dict[str, dict]:
    key = "touch" if name == "touch_spread" else "customer_id"
    with open_session(project) as session:
        rows = session.to_arrow(session.result(name)).to_pylist()
    return {row[key]: row for row in rows}


def compute(project: Project, *, as_of: dt.date = END, full: bool = False) -> None:
    run(project, as_of=as_of, at=NOW, full=full)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = put_company(tmp_path_factory.mktemp("touch") / "company")
    compute(project)
    return project


def test_everybody_under_contract_has_a_touch_model_and_a_reason(company):
    rows = results(company, "touch_now")
    active = {
        key
        for key, row in results(company, "customer_now").items()
        if row["status"] == "active"
    }

    assert set(rows) == active
    odd = {key: row for key, row in rows.items() if int(key[1:]) % 2}
    assert {row["touch_by_rules"] for row in odd.values()} <= {"high", "low"}
    small = [row for key, row in rows.items() if int(key[1:]) % 2 == 0]
    assert {row["touch_proposed"] for row in small} == {"tech"}
    assert {row["why_ja"] for row in small} == {
        "どの条件にも当てはまらないため、テックタッチです。"
    }
    assert {row["value"] for row in rows.values()} == {1200.0}
    note = lake_of(company).current().release.notes["touch"]
    assert note["off"] == {"never": ["tickets_28"]}
    assert note["people"] == ["csm0@example.com", "new@example.com"]
    assert note["hours_there"] == pytest.approx(2 * 24 * 52 / 12)


def test_hours_are_given_out_until_they_are_full(company):
    rows = results(company, "touch_now").values()

    taken = sum(row["hours_proposed"] for row in rows)
    assert taken <= 208
    full = [row for row in rows if row["basis"] == "hours"]
    for row in full:
        assert row["touch_proposed"] != row["touch_by_rules"]
        assert "capacity is full" in row["why_en"]
        # whoever was served before weighs as much, or more
        assert row["place"] > 0


def test_customers_of_who_left_go_to_the_person_with_the_least_load(company):
    rows = results(company, "touch_now")

    for key, row in rows.items():
        if int(key[1:]) % 2:  # of csm1, who left
            assert row["owner_proposed"] in {"csm0@example.com", "new@example.com"}
            assert row["owner_basis"] == "load"
        else:
            assert row["owner_proposed"] == row["owner_now"] == "csm0@example.com"
    given = [row["owner_proposed"] for key, row in rows.items() if int(key[1:]) % 2]
    assert given.count("new@example.com") >= given.count("csm0@example.com")


def test_sums_of_the_touch_models(company):
    spread = results(company, "touch_spread")
    rows = results(company, "touch_now").values()

    assert list(spread) == ["high", "low", "tech", ""]
    low = spread["low"]
    assert low["customers"] == sum(row["touch_now"] == "low" for row in rows)
    assert low["value"] == 1200.0 * low["customers"]
    assert low["hours"] == 4.0 * low["customers"]
    assert spread["high"]["customers"] == 0
    assert spread["high"]["stayed_rate"] is None
    assert low["cost"] is None
    assert low["cost_reason"] == "no_costs"
    # every fourth from the second on has low touch; each third of all leaves
    started = [n for n in range(60) if n % 4 == 1]
    here = [
        n for n in started if n % 3 or 50 + 6 * n > (END - dt.date(2025, 1, 5)).days
    ]
    assert (low["stayed_n"], low["stayed"]) != (0, 0)
    assert low["customers"] == len(here)


def test_run_again_gives_the_same_and_so_does_a_daily_one(tmp_path):
    daily, whole = put_company(tmp_path / "daily"), put_company(tmp_path / "whole")
    compute(daily, as_of=END - DAY)
    compute(daily)
    compute(whole, full=True)

    for name in ("touch_now", "touch_spread"):
        assert results(daily, name) == results(whole, name)


def decision(key: str, customer: str, on: dt.date, **given: object) -> dict:
    return {
        "assignment_id": key,
        "customer_id": customer,
        "assigned_on": on,
        "kind": "accepted",
        **given,
    }


def test_decisions_take_effect_and_end(tmp_path):
    project = put_company(tmp_path / "company")
    last = END - DAY
    put(
        project,
        {
            "assignments": [
                decision("1", "c01", last, touch="tech", owner="new@example.com"),
                decision(
                    "2",
                    "c02",
                    last,
                    touch="high",
                    kind="override",
                    why="大事な顧客",
                    until=last,
                ),
            ]
        },
    )

    compute(project, as_of=last)
    then, now = results(project, "touch_now"), results(project, "customer_now")
    assert (now["c01"]["touch"], now["c01"]["owner"]) == ("tech", "new@example.com")
    assert now["c02"]["touch"] == "high"
    assert then["c02"]["touch_proposed"] == "high"
    assert then["c02"]["basis"] == "override"
    assert "大事な顧客" in then["c02"]["why_ja"]

    compute(project)
    then, now = results(project, "touch_now"), results(project, "customer_now")
    assert now["c01"]["touch"] == "tech"
    assert now["c02"]["touch"] is None
    assert then["c02"]["basis"] == "rules"


def test_project_without_rules_of_touch_still_runs(tmp_path):
    project = put_company(tmp_path / "company")
    (project.definitions_folder / "touch.yaml").unlink()
    apply_definitions(project, by="test", why="none", at=NOW)

    compute(project)

    release = lake_of(project).current().release
    assert "touch_now" not in release.tables
    assert "touch" not in release.notes
