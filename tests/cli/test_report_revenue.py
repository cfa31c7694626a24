"""`banso report revenue`: one document, in both languages, that needs no other file."""

import re
from pathlib import Path

import pytest
from tests.cli.conftest import Banso

from banso.runs.project import Project
from banso.runs.results import open_session

pytestmark = pytest.mark.long
OUTSIDE = re.compile(r'(?:src|href)="(?!#)|url\((?!#)|@import')


def closing(project: Project) -> str:
    """Return the MRR at the end of the last month, as the document writes it."""
    with open_session(project) as session:
        rows = session.result("revenue_periods")
        whole = rows.filter(rows.grain == "month", rows.grouping == "")
        found = session.to_arrow(whole.order_by(whole.period.desc()).limit(1))
    return f"¥{int(found.to_pylist()[0]['mrr_end']):,}"


def test_the_document_says_definitions_and_figures(
    banso_apart: Banso, computed: Project, tmp_path: Path
) -> None:
    said = {}
    for spoken in ("ja", "en"):
        out = tmp_path / f"{spoken}.html"
        ran = banso_apart(
            *("report", "revenue", "--out", out, "--language", spoken),
            *("--project", computed.folder),
        )
        assert ran.status == 0, ran.err
        said[spoken] = out.read_text(encoding="utf-8")

    for text in said.values():
        assert not OUTSIDE.search(text)
        assert text.count(closing(computed)) >= 2  # bridge and table
    assert "Definitions used" in said["en"]
    assert "churn_at_notice" in said["en"]
    assert "使った定義" in said["ja"]
    assert "12か月" in said["ja"] or "MRRの動き" in said["ja"]
    assert "Definitions used" not in said["ja"]


def test_a_range_leaves_other_months_out(
    banso_apart: Banso, computed: Project, tmp_path: Path
) -> None:
    out = tmp_path / "some.html"
    months = ("--from", "2026-05", "--to", "2026-05")

    ran = banso_apart(
        "report", "revenue", "--out", out, *months, "--project", computed.folder
    )

    assert ran.status == 0, ran.err
    text = out.read_text(encoding="utf-8")
    assert ">May 2026<" in text
    assert ">Jun 2026<" not in text


@pytest.mark.parametrize(
    "months",
    [
        ("--from", "2027-05"),
        ("--from", "2026-05", "--to", "2026-04"),
        ("--to", "2025-12"),
    ],
)
def test_a_span_without_months_is_refused(
    banso_apart: Banso, computed: Project, tmp_path: Path, months: tuple[str, ...]
) -> None:
    out = tmp_path / "none.html"

    ran = banso_apart(
        "report", "revenue", "--out", out, *months, "--project", computed.folder
    )

    assert ran.status == 2
    assert "There is no month of revenue from 202" in ran.err
    assert "The months are 2026-01 to 2026-06" in ran.err
    assert not out.exists()


def test_a_span_without_months_is_refused_in_japanese(
    banso_apart: Banso,
    computed: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BANSO_LANG", "ja")
    asked = ("--out", tmp_path / "none.html", "--from", "2027-05")

    ran = banso_apart("report", "revenue", *asked, "--project", computed.folder)

    assert ran.status == 2
    assert "売上のある月はありません" in ran.err
    assert "2026-01から2026-06まで" in ran.err


def test_a_file_that_is_no_document_is_refused(
    banso_apart: Banso, computed: Project, tmp_path: Path
) -> None:
    out = tmp_path / "r.pdf"

    ran = banso_apart("report", "revenue", "--out", out, "--project", computed.folder)

    assert ran.status == 2
    assert "a browser prints it as a PDF" in ran.err
