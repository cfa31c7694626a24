"""A notebook reads what a run found, draws the page's charts, and asks on its own."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt
import pytest
from lakes import NOW, new_project, put

from banso.notebook import Found, UnknownQuestion, open_project
from banso.runs.inquiring import BadQuestion, QuestionOff
from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.reading import close_reader
from banso.runs.reopening import RunFirst
from banso.runs.running import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "notebooks" / "drivers.ipynb"
FIRST = dt.date(2025, 1, 6)
AS_OF = dt.date(2025, 10, 19)
DETRACTORS = range(1, 81, 2)  # 24 of these 40 leave, 4 of the others


def left_after(n: int) -> int | None:
    """Return after how many days a customer leaves."""
    if n > 80:
        return 15 + 5 * (n - 80)  # before anybody is looked at
    if n % 2:
        return 70 + 3 * n if n < 48 else None
    return 80 + 3 * n if n <= 8 else None


def facts() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return 80 customers who answered once, and six that left before."""
    starts = {n: FIRST + dt.timedelta(days=7 * (n % 4)) for n in range(1, 87)}
    ends = {
        n: None if (days := left_after(n)) is None else start + dt.timedelta(days=days)
        for n, start in starts.items()
    }

    def moment(n: int, days: int) -> dt.datetime:
        return dt.datetime.combine(starts[n], dt.time(3)) + dt.timedelta(days=days)

    def is_there(n: int, days: int) -> bool:
        end = ends[n]
        return (moment(n, days).date() < (end or AS_OF)) and n <= 80

    return {
        "customers": [
            {"customer_id": f"C{n:02}", "name": f"Customer {n}", "touch": "low",
             "closing_note": "1" if ends[n] else "0"}  # written when it leaves
            for n in starts
        ],
        "subscriptions": [
            {"subscription_id": f"S{n}", "customer_id": f"C{n:02}", "mrr": 1000 * n,
             "started_on": starts[n], "ended_on": ends[n]}
            for n in starts
        ],
        "responses": [
            {"response_id": f"R{n}-{days}", "customer_id": f"C{n:02}", "survey": "nps",
             "occurred_at": moment(n, days), "score": 3 if n % 2 else 9}
            for n in starts for days in (30,) if is_there(n, days)
        ],
    }  # fmt: skip


# What is known only after the fact, as a metric and as an element of the score.
REVEALING = """\
schema_version: 1
metrics:
  - key: closing_note
    label: {ja: 終了メモ, en: Closing note}
    unit: count
    kind: attribute
    column: closing_note
"""
ELEMENT = """
          - key: closing_note
            label: {ja: 終了メモ, en: Closing note}
            metric: closing_note
            weight: 1
            thresholds:
              - {value: 0, score: 100}
              - {value: 1, score: 0}
"""


QUESTION = """\
schema_version: 1
drivers:
  questions:
    - key: detractors
      label: {ja: 推奨度の低い顧客は解約しやすいか, en: Do detractors leave more often?}
      exposed: {ja: 批判者, en: Detractors}
      others: {ja: その他, en: Others}
      after_days: 60
      where: nps_last <= 6
      within_days: 180
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = new_project(tmp_path_factory.mktemp("notebook") / "acme")
    definitions = project.definitions_folder
    (definitions / "metrics" / "own.yaml").write_text(REVEALING, encoding="utf-8")
    (definitions / "drivers.yaml").write_text(QUESTION, encoding="utf-8")
    health = definitions / "health.yaml"
    text = health.read_text(encoding="utf-8").rstrip() + ELEMENT
    health.write_text(text, encoding="utf-8")
    apply_definitions(project, by="test", why="a note", at=NOW)
    put(project, facts())
    run(project, as_of=AS_OF, at=NOW)
    yield project
    close_reader()


@pytest.fixture
def found(project: Project) -> Found:
    return open_project(project.folder)


def test_a_question_is_asked_without_any_definition(found: Found) -> None:
    answer = found.ask("nps_last <= 6", after_days=60, within_days=180)

    rates = {
        row["grp"]: (row["events"], row["n"], row["value"])
        for row in answer.figures.to_pylist()
        if row["outcome"] == "churn"
    }
    assert rates == {
        "exposed": (24, 40, pytest.approx(0.6)),
        "others": (4, 40, pytest.approx(0.1)),
    }
    assert "60.0% of “nps_last <= 6” churned and 10.0%" in answer.conclusions["churn"]
    assert "As a ratio of the rates, churn is 6.00 times" in answer.conclusions["churn"]
    assert "association" in answer.conclusions["churn"]
    assert isinstance(answer.chart(), alt.TopLevelMixin)
    assert answer.curves.num_rows > 20


def test_who_is_exposed_now_stands_beside_the_answer(found: Found) -> None:
    """Of the 40 that gave a low mark 16 are still there; the largest comes first."""
    shown = found.ask(
        "nps_last <= 6", after_days=60, within_days=180
    ).exposed_now.to_pylist()

    assert len(shown) == 16
    assert shown[0]["customer_id"] == "C79"
    assert {row["customer_id"] for row in shown} == {
        f"C{n:02}" for n in DETRACTORS if n > 47
    }


def test_the_answers_of_the_run_are_there_with_its_charts(found: Found) -> None:
    answer = found.question("detractors")

    asked = found.ask("nps_last <= 6", after_days=60, within_days=180)
    assert answer.figures["value"].to_pylist() == asked.figures["value"].to_pylist()
    assert answer.exposed_now.to_pylist() == asked.exposed_now.to_pylist()
    assert found.drivers().num_rows > 0
    assert found.years().num_rows > 0
    assert isinstance(found.driver_chart(), alt.TopLevelMixin)


def test_a_column_that_tells_the_future_cannot_enter(found: Found) -> None:
    """It is shown with the score of today, and left out of all that looks back."""
    told = {
        str(row["element"])
        for name in ("drivers", "tenure_health")
        for row in found.table(name).to_pylist()
    }
    judged = {row["subject"] for row in found.table("judged").to_pylist()}

    analyses = found.release.notes["analyses"]
    assert isinstance(analyses, dict)
    assert analyses["barred"] == ["closing_note"]
    assert "nps_last" in told
    assert not [key for key in told | judged if "closing_note" in str(key)]
    with pytest.raises(BadQuestion, match="may hold what came later"):
        found.ask("closing_note == 1")


def test_it_speaks_japanese(project: Project) -> None:
    found = open_project(project.folder, language="ja")

    answer = found.ask("nps_last <= 6", after_days=60, within_days=180)

    assert "関連であり、原因とは限りません" in answer.conclusions["churn"]


@pytest.mark.parametrize(
    ("where", "refusal", "said"),
    [
        ("nps_lst <= 6", BadQuestion, "unknown metric 'nps_lst'"),
        ("nps_last <=", BadQuestion, "in 'where', column 12: found a syntax error"),
        ("name == 'Customer 1'", BadQuestion, "may hold what came later"),
        ("days_active_28 < 2", QuestionOff, "not connected"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(
    found: Found, where: str, refusal: type[Exception], said: str
) -> None:
    with pytest.raises(refusal, match=said):
        found.ask(where)


def test_an_unknown_question_names_the_nearest(found: Found) -> None:
    with pytest.raises(UnknownQuestion) as refused:
        found.question("detractor")

    assert "detractors" in refused.value.hint


def test_before_any_run_the_next_step_is_said(tmp_path: Path) -> None:
    project = new_project(tmp_path / "new")

    with pytest.raises(RunFirst):
        open_project(project.folder)


def test_the_example_notebook_runs_on_any_project(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_PROJECT", str(project.folder))
    notebook = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    code = [c for c in notebook["cells"] if c["cell_type"] == "code"]

    names: dict[str, Any] = {}
    for cell in code:
        exec("".join(cell["source"]), names)

    assert all(cell["outputs"] == [] for cell in code)
    assert names["answer"].exposed_now.num_rows == 16
