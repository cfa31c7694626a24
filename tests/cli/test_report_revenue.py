"""`banso report revenue`: one document, in both languages, whose sums are checked."""

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.cli.conftest import Banso, Ran, run_apart

from banso.runs.project import Project

pytestmark = pytest.mark.long
OUTSIDE = re.compile(r'(?:src|href)="(?!#)|url\((?!#)|@import')
CELL = re.compile(r"<(?:t[hd]|h[12]|p|figcaption)\b[^>]*>(.*?)</(?:t|h|p|f)", re.DOTALL)
SPAN = ("--from", "2026-01", "--to", "2026-06")


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve customers, of which one leaves, one grows and one shrinks.

    One came in December 2024, the others in January 2025.
    From January to June 2026: ¥120,000, new 20,000, expansion 5,000, contraction
    4,000, churn 10,000; in June ¥131,000. Charges are there from May on: all lines at
    their price; in June but for k12, and ¥1,000 more on k03-2.
    """
    folder = tmp_path_factory.mktemp("revenue") / "acme"
    facts = folder.with_name("facts")
    facts.mkdir()
    customers = [f"k{n:02d},株式会社{n:02d}" for n in range(1, 13)]
    (facts / "customers.csv").write_text(
        "\n".join(["customer_id,name", *customers, "new,新しい会社"]), encoding="utf-8"
    )
    kept = [f"k{n:02d}-1,k{n:02d},2025-01-01,,10000,12" for n in range(4, 12)]
    moved = [
        "k12-1,k12,2024-12-01,,10000,12",
        "k01-1,k01,2025-01-01,2026-01-01,10000,12",
        "k02-1,k02,2025-01-01,,10000,12",
        "k02-2,k02,2026-03-01,,5000,",
        "k03-1,k03,2025-01-01,2026-04-01,10000,12",
        "k03-2,k03,2026-04-01,,6000,",
        "new-1,new,2026-05-01,,20000,",
    ]
    (facts / "subscriptions.csv").write_text(
        "\n".join(
            [
                "subscription_id,customer_id,started_on,ended_on,mrr,term_months",
                *kept,
                *moved,
            ]
        )
    )
    (facts / "charges.csv").write_text(
        "\n".join(
            [
                "charge_id,customer_id,subscription_id,charged_on,amount,kind",
                *charges("2026-05-01"),
                "u,k04,,2026-05-31,3000,usage",
                *(row for row in charges("2026-06-01") if not row.startswith("k12")),
                "o,new,,2026-06-10,50000,one_off",
                "k03,k03,k03-2,2026-06-20,1000,recurring",
            ]
        )
    )
    for command in (
        ("init", folder, "--name", "Acme 商会", "--timezone", "Asia/Tokyo"),
        ("load", facts, "--project", folder),
        ("run", "--as-of", "2026-06-30", "--project", folder),
    ):
        ran = run_apart(*command)
        assert ran.status == 0, ran.err
    return folder


def charges(day: str) -> list[str]:
    """Return a bill of every line that is in force from May 2026 on, at its price."""
    lines = {f"k{n:02d}-1": 10_000 for n in (2, *range(4, 13))}
    lines |= {"k02-2": 5_000, "k03-2": 6_000, "new-1": 20_000}
    return [
        f"{line}-{day},{line.partition('-')[0]},{line},{day},{amount},recurring"
        for line, amount in lines.items()
    ]


@pytest.fixture(scope="session")
def written(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report of half a year: ja.html, en.html."""
    folder = tmp_path_factory.mktemp("written")
    for spoken in ("ja", "en"):
        ran = report(company, folder / f"{spoken}.html", spoken)
        assert ran.status == 0, ran.err
    return folder


@pytest.fixture(scope="session")
def printed(company: Path, written: Path) -> Path:
    """The same folder with the same report as PDF: ja.pdf, en.pdf."""
    for spoken in ("ja", "en"):
        ran = report(company, written / f"{spoken}.pdf", spoken)
        if "fonts-noto-cjk" in ran.err:
            pytest.skip("needs a font with Japanese glyphs, say fonts-noto-cjk")
        assert ran.status == 0, ran.err
    return written


def report(company: Path, out: Path, spoken: str) -> Ran:
    """Write the report of half a year."""
    asked = ("--out", out, "--language", spoken, *SPAN, "--project", company)
    return run_apart("report", "revenue", *asked)


def in_html(written: Path, spoken: str) -> str:
    return (written / f"{spoken}.html").read_text(encoding="utf-8")


def cells(text: str) -> Iterator[str]:
    """Return every heading, sentence, cell and caption of a document."""
    for found in CELL.findall(text):
        said = html.unescape(re.sub(r"<[^>]+>", "", found)).strip()
        if said:
            yield said


def in_pdf(printed: Path, spoken: str) -> list[str]:
    """Return the text of each page, without spaces."""
    reader = PdfReader(BytesIO((printed / f"{spoken}.pdf").read_bytes()))
    return [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]


@pytest.mark.parametrize("spoken", ["ja", "en"])
def test_the_document_has_the_figures_worked_by_hand(
    written: Path, spoken: str
) -> None:
    text = in_html(written, spoken)
    said = list(cells(text))

    assert not OUTSIDE.search(text)
    whole = said.index({"ja": "期間全体", "en": "Whole span"}[spoken])
    levels = ["¥120,000", "¥20,000", "¥5,000", "−¥4,000", "−¥10,000", "¥131,000"]
    assert said[whole + 1 : whole + 7] == levels
    june = said.index({"ja": "2026年6月", "en": "Jun 2026"}[spoken], whole)
    # 11 of 12 stay: Wilson's interval; 106,000 and 111,000 of 120,000 by money
    assert said[june : june + 8][1:] == [
        *("12", "11", "91.7%", "64.6%–98.5%", "¥120,000", "88.3%", "92.5%")
    ]


def test_sums_are_checked_in_words(written: Path) -> None:
    english, japanese = in_html(written, "en"), in_html(written, "ja")

    assert (
        "Check: opening ¥120,000 plus movements ¥11,000 is closing ¥131,000. So does"
        " every month, and each begins where the one before ended." in english
    )
    assert "期首¥120,000と動きの合計¥11,000を足すと、期末¥131,000に一致" in japanese
    assert "report-check report-check-off" not in english


@pytest.mark.parametrize("spoken", ["ja", "en"])
def test_what_was_billed_is_compared_with_mrr(written: Path, spoken: str) -> None:
    said = list(cells(in_html(written, spoken)))

    kinds, bridge, whole = {
        "ja": ("請求の内訳（JPY）", "MRRから定期課金の請求まで（JPY）", "期間全体"),
        "en": (
            "What was billed (JPY)",
            "From MRR to recurring charges (JPY)",
            "Whole span",
        ),
    }[spoken]
    june = {"ja": "2026年6月", "en": "Jun 2026"}[spoken]
    # recurring, usage, one-off, all
    billed = said.index(june, said.index(kinds))
    assert said[billed + 1 : billed + 5] == ["¥122,000", "¥0", "¥50,000", "¥172,000"]
    span = said.index(whole, billed)
    assert said[span + 1 : span + 5] == ["¥253,000", "¥3,000", "¥50,000", "¥306,000"]
    # MRR, not billed, another amount, unexplained, recurring
    steps = said.index(june, said.index(bridge))
    assert said[steps + 1 : steps + 6] == [
        *("¥131,000", "−¥10,000", "¥1,000", "¥0", "¥122,000")
    ]


def test_charges_are_checked_in_words(written: Path) -> None:
    english = in_html(written, "en")

    assert "the 28 charges come to ¥306,000; so do the kinds" in english
    assert "and nothing is unexplained" in english
    assert "MRR is the closing MRR of the table of movements" in english


def test_choices_are_told_in_words_of_the_reader(written: Path) -> None:
    english, japanese = in_html(written, "en"), in_html(written, "ja")

    for name in ("churn_at", "netted", "with_reactivation", "pause_days"):
        assert name not in english + japanese
    assert "A gap of at most 7 days is none." in english
    assert "Twelve times the MRR at the end of the month." in english
    assert "選んだ数え方" in japanese
    assert "Choices made" not in japanese


def test_numbers_stand_right_and_words_left(written: Path) -> None:
    text = in_html(written, "en")

    assert '<td class="num">¥131,000</td>' in text
    assert '<th scope="col">Month</th>' in text
    assert '<th scope="col" class="num">NRR</th>' in text


def test_cohorts_and_renewals_have_a_section(written: Path) -> None:
    said = list(cells(in_html(written, "en")))

    assert "Customers kept by cohort" in said
    assert "Net MRR kept by cohort" in said
    assert "100% (74%–100%)" in said  # 11 of 11, Wilson
    assert "Contract continuation over 12 months (JPY)" in said


@pytest.mark.parametrize("spoken", ["ja", "en"])
def test_the_pdf_holds_all_that_the_html_does(printed: Path, spoken: str) -> None:
    pages = in_pdf(printed, spoken)

    text = "".join(pages)
    missing = [
        said
        for said in cells(in_html(printed, spoken))
        if re.sub(r"\s", "", said) not in text
    ]
    assert missing == []


def test_each_page_has_company_span_and_number(printed: Path) -> None:
    pages = in_pdf(printed, "en")

    assert len(pages) > 2
    for number, text in enumerate(pages, 1):
        assert "Revenuereport·Acme商会" in text
        assert "Jan2026toJun2026·asof30Jun2026" in text
        assert f"{number}/{len(pages)}" in text


def test_the_pdf_can_be_archived_and_read_aloud(printed: Path) -> None:
    reader = PdfReader(printed / "ja.pdf")

    about = (
        reader.xmp_metadata.stream.get_data() if reader.xmp_metadata else b""
    ).decode()
    assert "pdfaid:part" in about
    assert "pdfuaid:part" in about
    assert reader.trailer["/Root"]["/Lang"] == "ja"
    assert len(reader.outline) > 0


@pytest.mark.parametrize("ending", ["html", "pdf"])
def test_the_same_release_gives_the_same_bytes(
    company: Path, printed: Path, tmp_path: Path, ending: str
) -> None:
    again = tmp_path / f"again.{ending}"

    report(company, again, "ja")

    assert again.read_bytes() == (printed / f"ja.{ending}").read_bytes()


def test_a_range_leaves_other_months_out(
    banso_apart: Banso, company: Path, tmp_path: Path
) -> None:
    out = tmp_path / "some.html"
    months = ("--from", "2026-05", "--to", "2026-05")

    ran = banso_apart("report", "revenue", "--out", out, *months, "--project", company)

    assert ran.status == 0, ran.err
    said = list(cells(out.read_text(encoding="utf-8")))
    assert "May 2026" in said
    assert "Jun 2026" not in said
    assert "Named variants (Jun 2026, JPY)" not in said


@pytest.mark.parametrize(
    "months",
    [
        ("--from", "2027-05"),
        ("--from", "2026-05", "--to", "2026-04"),
        ("--to", "2024-05"),
    ],
)
def test_a_span_without_months_is_refused(
    banso_apart: Banso, company: Path, tmp_path: Path, months: tuple[str, ...]
) -> None:
    out = tmp_path / "none.html"

    ran = banso_apart("report", "revenue", "--out", out, *months, "--project", company)

    assert ran.status == 2
    assert "There is no month of revenue from 202" in ran.err
    assert "The months are 2024-12 to 2026-06" in ran.err
    assert not out.exists()


def test_a_span_without_months_is_refused_in_japanese(
    banso_apart: Banso, company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANSO_LANG", "ja")
    asked = ("--out", tmp_path / "none.html", "--from", "2027-05")

    ran = banso_apart("report", "revenue", *asked, "--project", company)

    assert ran.status == 2
    assert "売上のある月はありません" in ran.err
    assert "2024-12から2026-06まで" in ran.err


def test_a_file_that_is_no_document_is_refused(
    banso_apart: Banso, computed: Project, tmp_path: Path
) -> None:
    out = tmp_path / "r.docx"

    ran = banso_apart("report", "revenue", "--out", out, "--project", computed.folder)

    assert ran.status == 2
    assert "error: A report is an HTML document or a PDF, not '.docx'." in ran.err
    assert f"hint: Call it {tmp_path / 'r.html'} or {tmp_path / 'r.pdf'}." in ran.err


def test_without_the_extra_the_command_says_how_to_get_it(
    computed: Project, tmp_path: Path
) -> None:
    out = tmp_path / "r.pdf"
    asked = ["report", "revenue", "--out", str(out), "--project", str(computed.folder)]
    absent = (
        "import sys; sys.modules['typst'] = None; from banso.cli.main import run;"
        f" sys.exit(run({asked!r}))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", absent], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 2
    assert "A PDF needs the package typst, which is not installed." in ran.stderr
    assert "-m pip install" in ran.stderr
    assert not out.exists()
