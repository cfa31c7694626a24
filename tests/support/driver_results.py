"""A small company, and results about drivers written into its release."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from lakes import NOW, put

from banso.runs.derived import Kitchen, Recipe
from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of, open_session
from banso.runs.running import run
from banso.warehouse.manifest import Release

AS_OF = dt.date(2026, 11, 22)
Row = dict[str, Any]

QUESTIONS = """\
schema_version: 1
drivers:
  adjust_for: [touch, plan]
  questions:
    - key: onboarding_failed
      label:
        ja: 導入の失敗は解約につながるか
        en: Does failed onboarding lead to churn?
      about: {ja: 半年の時点で見ます。, en: Looked at after half a year.}
      exposed: {ja: 導入に失敗, en: Onboarding failed}
      others: {ja: 導入に成功, en: Onboarding succeeded}
      after_days: 180
      where: "days_active_28 < 5"
      within_days: 365
    - key: small
      label: {ja: 小さな顧客は解約しやすいか, en: Do small customers leave more?}
      exposed: {ja: 小さな顧客, en: Small <customers>}
      others: {ja: その他, en: Others}
      where: "size == 'small'"
    - key: unanswered
      label: {ja: 答えのない問い, en: A question without an answer}
      exposed: {ja: ある, en: With}
      others: {ja: ない, en: Without}
      where: "size == 'large'"
"""
_TEXTS = (
    "element", "kind", "stratum", "direction", "reason", "outcome", "question", "grp",
    "test", "verdict", "ja", "en",
)  # fmt: skip
_COUNTS = (
    "n_churned", "n_renewed", "lead_days", "tenure_year", "n", "events", "day",
    "at_risk", "place",
)  # fmt: skip


def small_company(folder: Path, *, questions: str = QUESTIONS) -> Project:
    """Return a project with a few customers, questions and a release."""
    project = create_project(
        folder, name="T", timezone="Asia/Tokyo", currency="JPY", language="ja"
    )
    path = project.definitions_folder / "drivers.yaml"
    path.write_text(questions, encoding="utf-8")
    put(project, facts())
    apply_definitions(project, by="test", why="first", at=NOW)
    run(project, as_of=AS_OF, at=NOW)
    return project


def facts() -> Mapping[str, Sequence[Row]]:
    """Return four customers, one of whom left."""
    numbers = range(1, 5)
    return {
        "customers": [
            {"customer_id": f"C{n}", "name": f"Customer {n}", "size": "small",
             "touch": "high", "owner": "aoi@example.com"}
            for n in numbers
        ],
        "subscriptions": [
            {"subscription_id": f"S{n}", "customer_id": f"C{n}", "plan": "Pro",
             "started_on": dt.date(2026, 4, 1), "mrr": 50_000, "currency": "JPY",
             "ended_on": dt.date(2026, 10, 1) if n == 1 else None}
            for n in numbers
        ],
        "events": [
            {"event_id": f"E{n}-{day}", "customer_id": f"C{n}", "contact_id": "P",
             "occurred_at": dt.datetime(2026, 11, day, 3), "name": "login"}
            for n in numbers for day in range(1, 20, n)
        ],
    }  # fmt: skip


def write_results(
    project: Project, tables: Mapping[str, Sequence[Row] | None]
) -> Release:
    """Publish the newest release again with these result tables; None takes one out."""
    with open_session(project) as session:
        kitchen = Kitchen(session)
        before = session.manifest.release
        assert before is not None
        parts = {
            name: (
                kitchen.table_part(
                    _recipe(name, rows), lambda name=name, rows=rows: _table(name, rows)
                ),
            )
            for name, rows in tables.items()
            if rows is not None
        }
    kept = {name: part for name, part in before.tables.items() if name not in tables}
    said = json.dumps(tables, sort_keys=True, default=str)
    release = replace(
        before,
        release_id=hashlib.sha256(said.encode()).hexdigest()[:16],
        tables={**kept, **parts},
    )
    with lake_of(project).writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
    return release


def _recipe(name: str, rows: Sequence[Row]) -> Recipe:
    inputs = json.loads(json.dumps(list(rows), default=str))
    return Recipe(name=name, slice="test", inputs=inputs, order_by=("place",))


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    placed = [{**row, "place": place} for place, row in enumerate(rows)]
    columns = [*((rows or results()[name] or ())[0]), "place"]
    return pa.Table.from_pylist(placed, pa.schema([(n, _type(n)) for n in columns]))


def _type(name: str) -> pa.DataType:
    if name in _TEXTS:
        return pa.string()
    if name in _COUNTS:
        return pa.int64()
    return pa.bool_() if name == "is_kept" else pa.float64()


def results() -> dict[str, Sequence[Row] | None]:
    """Return results as a company with a driver has them."""
    return {
        "drivers": drivers(),
        "tenure_health": tenure(),
        "answers": answers(),
        "answer_tests": tests(),
        "answer_curves": curves(),
        "answer_texts": texts(),
    }


def driver(element: str, **more: Any) -> Row:
    """Return an element that does not separate, unless something else is said."""
    return {
        "element": element, "kind": "metric", "stratum": "all", "n_churned": 212,
        "n_renewed": 1840, "mean_churned": 10.2, "mean_renewed": 10.4, "effect": 0.02,
        "low": -0.09, "high": 0.13, "p_value": 0.71, "q_value": 0.84,
        "direction": "none", "auc": 0.51, "adjusted_effect": 0.01,
        "adjusted_low": -0.1, "adjusted_high": 0.12, "adjusted_q": 0.9,
        "is_kept": False, "lead_days": None, "stability": 0.5, "missing_share": 0.01,
        "reason": None, **more,
    }  # fmt: skip


def unknown(element: str, reason: str, **more: Any) -> Row:
    """Return an element that could not be compared."""
    nothing = dict.fromkeys(
        (
            "mean_churned", "mean_renewed", "effect", "low", "high", "p_value",
            "q_value", "auc", "adjusted_effect", "adjusted_low", "adjusted_high",
            "adjusted_q", "is_kept", "lead_days", "stability",
        )
    )  # fmt: skip
    return driver(element, **{**nothing, "reason": reason, **more})


def drivers() -> list[Row]:
    """Return two elements that separate, some that do not, and two years of use."""
    found: Row = {
        "effect": 0.62, "low": 0.48, "high": 0.76, "p_value": 1e-9, "q_value": 1e-8,
        "direction": "higher_stays", "auc": 0.67, "adjusted_effect": 0.51,
        "adjusted_low": 0.36, "adjusted_high": 0.66, "adjusted_q": 1e-7,
        "is_kept": True, "lead_days": 182, "stability": 1.0,
    }  # fmt: skip
    along: Row = {
        "kind": "element", "effect": 0.41, "low": 0.27, "high": 0.55, "auc": 0.61,
        "q_value": 4e-5, "direction": "higher_stays", "lead_days": 91,
        "stability": 0.88, "adjusted_effect": 0.03, "mean_churned": 44.1,
        "mean_renewed": 57.9,
    }  # fmt: skip
    lower: Row = {
        "effect": -0.3, "low": -0.45, "high": -0.15, "q_value": 0.002, "auc": 0.42,
        "direction": "lower_stays", "lead_days": 28, "stability": 0.75,
        "adjusted_effect": None, "adjusted_low": None, "adjusted_high": None,
        "adjusted_q": None, "is_kept": None, "reason": "goes_with_another",
    }  # fmt: skip
    size: Row = {
        "kind": "attribute", "mean_churned": None, "mean_renewed": None,
        "effect": 0.31, "low": 0.11, "high": 0.47, "auc": 0.58, "q_value": 0.01,
    }  # fmt: skip
    return [
        driver("days_active_28", **found, mean_churned=6.1, mean_renewed=11.3),
        driver("adoption", **{**along, "kind": "dimension"}),
        driver("days_since_last_event", **lower),
        driver("size", **size),
        driver("score", kind="score"),
        driver("days_active_28@change_84"),
        driver("nps_last@change_90", kind="survey"),
        unknown("tenure_days", "compared_within"),
        unknown("nps_last", "mostly_missing", kind="survey", missing_share=0.95),
        driver("days_active_28", stratum="tenure:0-1", n_churned=40),
        driver("days_active_28", stratum="tenure:2+", **found),
    ]


def tenure() -> list[Row]:
    """Return three years of use; the third is too thin for leavers."""
    rows = []
    for year in range(3):
        for element, stayed, left in (("score", 58.0, 41.0), ("adoption", 55.0, 50.0)):
            for outcome, mean in (("stayed", stayed), ("left", left)):
                few = year == 2 and outcome == "left"
                here = None if few else mean + 4 * year
                rows.append(
                    {"tenure_year": year, "element": element, "outcome": outcome,
                     "n": 3 if few else 400 - 100 * year,
                     "mean": here, "low": here and here - 3, "high": here and here + 3,
                     "reason": "too_few_customers" if few else None}
                )  # fmt: skip
        rate = 0.14 - 0.03 * year
        rows.append(
            {"tenure_year": year, "element": "churn", "outcome": "left",
             "n": 500 - 100 * year, "mean": rate, "low": rate - 0.02,
             "high": rate + 0.03, "reason": None}
        )  # fmt: skip
    return rows


def answers() -> list[Row]:
    """Return both groups of two questions; the second has too few."""

    def row(question: str, outcome: str, grp: str, *figures: Any) -> Row:
        names = ("n", "events", "value", "low", "high", "reason")
        named = dict(zip(names, figures, strict=True))
        return {"question": question, "outcome": outcome, "grp": grp, **named}

    asked, few = "onboarding_failed", (4, 0, None, None, None, "too_few_customers")
    return [
        row(asked, "churn", "exposed", 612, 64, .1046, .0828, .1312, None),
        row(asked, "churn", "others", 2210, 177, .0801, .0695, .0921, None),
        row(asked, "health", "exposed", 540, 0, 31.2, 29.4, 33.0, None),
        row(asked, "health", "others", 2010, 0, 62.4, 61.2, 63.6, None),
        row("small", "churn", "exposed", *few),
        row("small", "churn", "others", *few),
    ]  # fmt: skip


def tests() -> list[Row]:
    """Return the comparisons of both questions."""

    def row(question: str, outcome: str, test: str, *figures: Any) -> Row:
        names = ("effect", "low", "high", "p_value", "q_value", "reason")
        named = dict(zip(names, figures, strict=True))
        counts = {"n": 2822, "events": 241}
        return {"question": question, "outcome": outcome, "test": test, **named,
                **counts}  # fmt: skip

    asked = "onboarding_failed"
    return [
        row(asked, "churn", "difference", .0245, -.0005, .0534, .055, .11, None),
        row(asked, "churn", "ratio", 1.306, .994, 1.716, .055, .11, None),
        row(asked, "churn", "log_rank", 3.62, None, None, .057, .11, None),
        row(asked, "churn", "adjusted", 1.19, .88, 1.61, .26, .52, None),
        row(asked, "health", "difference", -31.2, -33.4, -29.0, 1e-30, 1e-30, None),
        row(asked, "health", "adjusted", .51, .48, .54, 1e-25, 1e-25, None),
        row("small", "churn", "difference", None, None, None, None, None,
            "too_few_customers"),
    ]  # fmt: skip


def curves() -> list[Row]:
    """Return survival on the days of ends."""
    rows = []
    for grp, customers, share in (("exposed", 612, 0.1046), ("others", 2210, 0.0801)):
        for day in range(3, 366, 3):
            left = share * day / 365
            rows.append(
                {"question": "onboarding_failed", "grp": grp, "day": day,
                 "at_risk": round(customers * (1 - left)), "events": 1,
                 "survival": 1 - left, "low": 1 - left * 1.25, "high": 1 - left * 0.8}
            )  # fmt: skip
    return rows


def texts() -> list[Row]:
    """Return what can be concluded."""
    return [
        {
            "question": "onboarding_failed", "outcome": "churn",
            "verdict": "no_difference_found",
            "ja": "導入に失敗した顧客の解約率は10.5 %、成功した顧客は8.0 %で、差は"
            "はっきりしません。",
            "en": "10.5 % of those whose onboarding failed left, 8.0 % of the others:"
            " no clear difference. This is an association.",
        },
        {
            "question": "onboarding_failed", "outcome": "health",
            "verdict": "goes_with_less",
            "ja": "健康度は約半分です。", "en": "Health was about half.",
        },
        {
            "question": "small", "outcome": "churn", "verdict": "not_enough_data",
            "ja": "データが足りません。", "en": "There is not enough data.",
        },
    ]  # fmt: skip
