"""A document as PDF: text without a font, long tables, checks that fail."""

import datetime as dt
import re
from decimal import Decimal
from io import BytesIO
from typing import cast

import pytest
from pypdf import PdfReader

from banso.cli.reports.document import Check, Document, Section, Table
from banso.cli.reports.movement_sections import bridge
from banso.cli.reports.pdf import NoFontFor, in_pdf
from banso.cli.reports.span import ReportSpan
from banso.runs.revenue_reading import PeriodFigures, RevenueReading


def document(*sections: Section) -> Document:
    return Document(
        title="Report",
        company="Acme",
        period="2026",
        as_of=dt.date(2026, 6, 30),
        said_as_of="as of 30 Jun 2026",
        language="en",
        sections=sections,
    )


def pages(content: bytes) -> list[str]:
    reader = PdfReader(BytesIO(content))
    return [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]


def test_text_that_no_font_can_show_is_refused() -> None:
    linear_a = Table(("Name",), [("𐘀𐘁",)])

    with pytest.raises(NoFontFor) as refused:
        in_pdf(document(Section("Customers", table=linear_a)))

    assert "𐘀" in refused.value.message
    assert "fonts-noto-cjk" in refused.value.hint


def test_the_heads_of_a_long_table_stand_on_each_page() -> None:
    rows = [(f"row {n}", f"{n:,}") for n in range(200)]

    found = pages(
        in_pdf(document(Section("Long", table=Table(("Name", "Count"), rows))))
    )

    assert len(found) > 2
    assert all("NameCount" in text for text in found)


def test_what_looks_like_markup_is_shown_as_it_is() -> None:
    name = "#let *x* = $1 _a_ <b> @c [d]"

    (text,) = pages(in_pdf(document(Section(name, table=Table((name,), [(name,)])))))

    assert text.count(name.replace(" ", "")) == 3


def test_a_document_without_sections_is_one_page() -> None:
    assert len(pages(in_pdf(document()))) == 1


def month(opening: str, new: str, closing: str) -> PeriodFigures:
    kinds = ("new", "reactivation", "expansion", "contraction", "churn")
    amounts = dict.fromkeys((*kinds, "exchange", "transfer"), Decimal(0))
    levels = {"opening": Decimal(opening), "closing": Decimal(closing)}
    return PeriodFigures(
        period=dt.date(2026, 5, 1),
        segment=None,
        currency="JPY",
        amounts={**amounts, **levels, "new": Decimal(new)},
        counts={},
        arr=Decimal(0),
        cmrr=Decimal(0),
        arpa=None,
        quick_ratio=None,
    )


def bridge_of(row: PeriodFigures) -> Section:
    no_release = cast("RevenueReading", None)  # a bridge reads nothing else
    return bridge(ReportSpan(no_release, [row.period], "en"), row)


def test_a_month_that_does_not_add_up_says_so() -> None:
    section = bridge_of(month("100", "20", "130"))

    assert section.checks == [
        Check(
            "Check: opening ¥100 plus movements ¥20 is not closing ¥130 (difference"
            " 10 JPY).",
            agrees=False,
        )
    ]
    assert "(difference10JPY)" in "".join(pages(in_pdf(document(section))))


def test_a_sum_of_rounded_amounts_says_that_they_are() -> None:
    section = bridge_of(month("100.4", "20.4", "120.8"))

    assert section.checks == [
        Check(
            "Check: opening ¥100 plus movements ¥20 is closing ¥121 (amounts are shown"
            " rounded).",
            agrees=True,
        )
    ]
