"""`banso report`: as tables, as JSON, and as a document; and what was just asked."""

import json
import re
from pathlib import Path

import pytest
from driver_results import results, small_company, write_results
from tests.cli.conftest import Banso

from banso.runs.project import Project

OUTSIDE = re.compile(r'(?:src|href)="(?!#)|url\((?!#)|@import')


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small company whose release says something about drivers."""
    project = small_company(tmp_path_factory.mktemp("report") / "acme")
    write_results(project, results())
    return project


def test_the_terminal_shows_answers_years_and_elements(
    banso_apart: Banso, company: Project
) -> None:
    ran = banso_apart("report", "drivers", "--project", company.folder)

    assert ran.status == 0, ran.err
    assert "As of 2026-11-22\n" in ran.out
    assert "\nDoes failed onboarding lead to churn?\n  Churn: No difference" in ran.out
    assert "    Onboarding failed: 10.5% (8.3% … 13.1%), 64 of n = 612 left" in ran.out
    assert "\nHealth score by year of use\nIn year 1, Health score was" in ran.out
    assert "4 of 7 elements separate leavers from stayers." in ran.out
    line = next(line for line in ran.out.splitlines() if "+0.48 … +0.76" in line)
    assert line.split("  ")[0] == "Days with use (28 days)"
    assert "Left after the others" in line


def test_the_terminal_speaks_japanese(banso_apart: Banso, company: Project) -> None:
    ran = banso_apart(
        "report", "drivers", "--language", "ja", "--project", company.folder
    )

    assert ran.status == 0, ran.err
    assert "基準日 2026-11-22" in ran.out
    assert "導入の失敗は解約につながるか" in ran.out
    assert "解約した顧客のほうが低い" in ran.out
    assert "Leavers" not in ran.out


def test_json_holds_the_result_tables(banso_apart: Banso, company: Project) -> None:
    ran = banso_apart("report", "drivers", "--json", "--project", company.folder)

    said = json.loads(ran.out)
    assert said["as_of"] == "2026-11-22"
    assert said["questions"] == ["onboarding_failed", "small", "unanswered"]
    assert said["drivers"][0]["element"] == "days_active_28"
    assert said["drivers"][0]["effect"] == 0.62
    assert said["answers"][4]["value"] is None
    assert said["answers"][4]["reason"] == "too_few_customers"
    assert {row["outcome"] for row in said["answer_texts"]} == {"churn", "health"}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_document_needs_nothing_but_itself(
    banso_apart: Banso, company: Project, tmp_path: Path, language: str
) -> None:
    out = tmp_path / "drivers.html"

    ran = banso_apart(
        *("report", "drivers", "--out", out, "--language", language),
        *("--project", company.folder),
    )

    assert ran.status == 0, ran.err
    assert ran.out == ""
    text = out.read_text(encoding="utf-8")
    assert f'<html lang="{language}"' in text
    assert OUTSIDE.findall(text) == []
    assert "<script" not in text
    # a curve, two means, churn, effects; a question without curves has none
    assert text.count('class="marks"') == 5
    assert ("ハザード比" in text) == (language == "ja")
    assert "&lt;customers&gt;" in text or language == "ja"


def test_the_same_results_give_the_same_document(
    banso_apart: Banso, company: Project, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.html", tmp_path / "second.html"

    for out in (first, second):
        banso_apart("report", "drivers", "--out", out, "--project", company.folder)

    assert first.read_bytes() == second.read_bytes()


def test_pictures_of_one_document_do_not_share_names(
    banso_apart: Banso, company: Project, tmp_path: Path
) -> None:
    out = tmp_path / "drivers.html"

    banso_apart("report", "drivers", "--out", out, "--project", company.folder)

    names = re.findall(r' id="([^"]+)"', out.read_text(encoding="utf-8"))
    assert len(names) == len(set(names))


def test_before_a_run_the_error_says_what_to_do(
    banso_apart: Banso, project: Project
) -> None:
    ran = banso_apart("report", "drivers", "--project", project.folder)

    assert ran.status == 2
    assert ran.err.splitlines()[0] == "error: Nothing was computed yet."
    assert ran.err.splitlines()[1].startswith("hint: Compute with banso run")


def test_an_older_release_asks_for_a_run(banso_apart: Banso, tmp_path: Path) -> None:
    project = small_company(tmp_path / "old")
    write_results(project, dict.fromkeys(results()))

    ran = banso_apart("report", "drivers", "--project", project.folder)

    assert ran.status == 2
    assert "error: The newest results are older than this report.\n" in ran.err


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("drivers.pdf", "error: A report is an HTML document, not '.pdf'."),
        ("nowhere/drivers.html", "error: There is no folder "),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_first(
    banso: Banso, project: Project, tmp_path: Path, name: str, error: str
) -> None:
    ran = banso(
        "report", "drivers", "--out", tmp_path / name, "--project", project.folder
    )

    assert ran.status == 2
    assert ran.err.startswith(error)
    assert len(ran.err.splitlines()) == 2


def test_a_question_of_too_few_is_answered_with_the_reason(
    banso_apart: Banso, company: Project
) -> None:
    """Half a year with one leaver is too short; test_notebook has the answers."""
    asked = ("report", "question", "days_active_28 < 20", "--after-days", "0")

    ran = banso_apart(*asked, "--project", company.folder)

    assert ran.status == 0
    assert "days_active_28 < 20: – (too_few_customers, n = 0)" in ran.out
    assert "%" not in ran.out


def test_a_question_that_cannot_be_asked_is_refused(
    banso_apart: Banso, company: Project
) -> None:
    ran = banso_apart("report", "question", "nps_lst <= 6", "--project", company.folder)

    assert ran.status == 2
    assert ran.err.startswith("error: unknown metric 'nps_lst'.\nhint: Did you mean")
