"""A trial from the facts to the results of a run, counted by hand."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from lakes import NOW, Row, new_project, put

from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.reading import ReleaseReader, close_reader, reader_of
from banso.runs.running import run

DEFINED = {
    "signals.yaml": """schema_version: 1
signals:
  - key: no_habit
    label: {ja: 習慣なし, en: No habit}
    kind: churn
    when: tenure_days >= 30
    reason: {ja: 習慣がありません。, en: It is no habit.}
    outcome: churn
    play: coaching
""",
    "plays.yaml": """schema_version: 1
plays:
  - key: coaching
    label: {ja: 伴走, en: Coaching}
    about: {ja: 一緒に使います。, en: Use it together.}
    assumed_effect: 0.2
    steps: [{key: call, label: {ja: 電話, en: Call}}]
""",
}
DRAWN = dt.date(2026, 3, 1)
IN_EACH = 60
LEAVE = {"treated": 6, "held_out": 24}


def trial() -> Row:
    return {
        "trial_id": "T1",
        "name": "伴走",
        "signal": "no_habit",
        "play": "coaching",
        "outcome": "churn",
        "window_days": 90,
        "share_held_out": 0.5,
        "planned_per_arm": IN_EACH,
        "smallest_effect": 0.05,
        "started_on": DRAWN,
        "guard_rails": '{"contraction": "less", "tickets_90": "less"}',
    }


def company() -> Iterator[tuple[str, Row]]:
    """Yield rows: C001 to C060 treated, C061 to C120 held out, the first leave."""
    for number in range(2 * IN_EACH):
        arm = "treated" if number < IN_EACH else "held_out"
        key = f"C{number + 1:03}"
        place = number % IN_EACH
        leaves = place < LEAVE[arm]
        yield "customers", {"customer_id": key, "name": key, "touch": "low"}
        yield (
            "subscriptions",
            {
                "subscription_id": f"S{key}",
                "customer_id": key,
                "started_on": dt.date(2025, 1, 5),
                "ended_on": dt.date(2026, 5, 1) if leaves else None,
                "cancelled_on": dt.date(2026, 4, 1) if leaves else None,
                "ended_reason": "voluntary" if leaves else None,
                "mrr": 1000,
                "currency": "JPY",
            },
        )
        yield (
            "trial_assignments",
            {
                "trial_id": "T1",
                "customer_id": key,
                "assigned_on": DRAWN,
                "arm": arm,
            },
        )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    found = new_project(tmp_path_factory.mktemp("trial"))
    for name, text in DEFINED.items():
        (found.definitions_folder / name).write_text(text, encoding="utf-8")
    apply_definitions(found, by="test", why="coaching", at=NOW)
    rows: dict[str, list[Row]] = {"trials": [trial()]}
    for table, row in company():
        rows.setdefault(table, []).append(row)
    put(found, rows)
    yield found
    close_reader()


def read(project: Project, as_of: dt.date) -> ReleaseReader:
    made = run(project, as_of=as_of, at=NOW)
    return reader_of(project, made.release_id)


def test_results_are_the_counts_of_both_arms(project: Project) -> None:
    reader = read(project, dt.date(2026, 6, 7))

    (row,) = reader.findings("trial_results", kind="outcome")
    assert (row["n_treated"], row["n_held_out"]) == (60, 60)
    assert (row["events_treated"], row["events_held_out"]) == (6, 24)
    assert row["effect"] == pytest.approx(-0.3, abs=0.02)
    assert row["verdict"] == "proven"
    assert row["basis"] == "planned_end"
    assert row["ends_on"] == DRAWN + dt.timedelta(days=90)
    assert "60" not in str(row["said_en"])
    assert "10.0% with the play and 40.0% without" in str(row["said_en"])


def test_guard_rails_are_there_or_say_that_nothing_measures_them(
    project: Project,
) -> None:
    reader = read(project, dt.date(2026, 6, 7))

    rails = {
        row["measure"]: row
        for row in reader.findings("trial_results", kind="guard_rail")
    }
    assert rails["contraction"]["reason"] == "too_few_events"
    assert rails["tickets_90"]["reason"] == "not_measured"


def test_before_a_window_is_over_nothing_is_counted(project: Project) -> None:
    reader = read(project, dt.date(2026, 5, 24))

    (row,) = reader.findings("trial_results", kind="outcome")
    assert (row["assigned_treated"], row["assigned_held_out"]) == (60, 60)
    assert (row["n_treated"], row["n_held_out"]) == (0, 0)
    assert row["effect"] is None
    assert row["verdict"] == "not_enough"
    assert reader.findings("trial_looks") == []


@pytest.mark.parametrize(
    ("as_of", "basis"),
    [(dt.date(2026, 5, 24), "assumed"), (dt.date(2026, 6, 7), "proven")],
)
def test_a_signal_is_worth_what_its_play_is_known_to_achieve(
    project: Project, as_of: dt.date, basis: str
) -> None:
    """Proven: of the 40 % that leave without it, the trial took away a share."""
    reader = read(project, as_of)

    (outcome,) = reader.findings("trial_results", kind="outcome")
    told = {(row["effect"], row["effect_basis"]) for row in reader.findings("signals")}
    if basis == "assumed":
        assert told == {(0.2, "assumed")}
    else:
        effect, held_out = outcome["effect"], outcome["mean_held_out"]
        share = -effect / held_out  # type: ignore[operator]
        assert told == {(share, "proven")}
        assert share == pytest.approx(0.75, abs=0.05)


def test_the_look_of_the_week_is_told(project: Project) -> None:
    reader = read(project, dt.date(2026, 6, 7))

    (look,) = reader.findings("trial_looks")
    assert look["look_on"] == dt.date(2026, 5, 30)
    assert look["low"] < look["effect"] < look["high"]  # type: ignore[operator]


def test_without_trials_a_run_tells_nothing_of_them(tmp_path: Path) -> None:
    project = new_project(tmp_path)
    rows: dict[str, list[Row]] = {}
    for table, row in company():
        if not table.startswith("trial"):
            rows.setdefault(table, []).append(row)
    put(project, rows)

    made = run(project, as_of=dt.date(2026, 5, 24), at=NOW)

    assert "trial_results" not in made.tables
