"""A report as PDF, set by Typst from the sections that its HTML is made from."""

import datetime as dt
import json
import re
import sys
from collections.abc import Sequence
from importlib.resources import files
from types import ModuleType
from typing import Final

from banso.charts.chart import Chart
from banso.cli.reports.document import Document, Section, Table
from banso.cli.reports.drawing import drawn
from banso.kernel.errors import BansoError

# Archived and read aloud as it is. Both standards refuse text that no font can show.
STANDARDS: Final = ("a-2a", "ua-1")
# Those that are known of these, in this order; then any font that has the glyph.
FONTS: Final = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "Hiragino Sans",
    "Hiragino Kaku Gothic ProN",
    "BIZ UDPGothic",
    "Yu Gothic",
    "Meiryo",
    "IPAexGothic",
    "IPAGothic",
    "Noto Sans",
    "DejaVu Sans",
    "Libertinus Serif",
)
WIDTH: Final = 1040  # of a chart, in its own pixels: across a page on its side
_NO_GLYPH: Final = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)


class PdfNotInstalled(BansoError):
    """Refuse a PDF where the package that sets it is not installed."""

    code = "pdf_not_installed"


class NoFontFor(BansoError):
    """Refuse a PDF in which some text would be boxes."""

    code = "no_font_for"


def typesetter() -> ModuleType:
    """Return the package that sets a PDF.

    Raises
    ------
    PdfNotInstalled
        It is an extra that is not installed.

    """
    try:
        import typst  # noqa: PLC0415  an extra
    except ImportError as error:
        raise PdfNotInstalled(
            "A PDF needs the package typst, which is not installed.",
            hint=f"Install it: {sys.executable} -m pip install 'typst>=0.15'. Or write"
            " report.html; a browser prints it as a PDF.",
            python=sys.executable,
        ) from error
    return typst


def in_pdf(document: Document) -> bytes:
    """Return a report as PDF; the same report gives the same bytes.

    Raises
    ------
    PdfNotInstalled
        The package that sets it is not there.
    NoFontFor
        No font of the machine has a glyph that the report needs.

    """
    typst = typesetter()
    fonts = typst.Fonts()
    families = _families(fonts.families())
    charts = [each.chart for each in document.sections]
    parts: dict[str, bytes] = {
        _file(place): drawn(chart, width=WIDTH, font=families[0]).svg.encode()
        for place, chart in enumerate(charts)
        if chart and chart.rows
    }
    parts["main.typ"] = files("banso.cli.reports").joinpath("report.typ").read_bytes()
    parts["report.json"] = _in_json(document, families)
    try:
        found = typst.compile(
            parts,
            format="pdf",
            font_paths=fonts,
            pdf_standards=list(STANDARDS),
            timestamp=dt.datetime.combine(document.as_of, dt.time(), dt.UTC),
        )
    except typst.TypstError as error:
        missing = _NO_GLYPH.search(error.message)
        if missing is None:
            raise
        raise NoFontFor(
            f"No font on this machine can show “{missing[1]}”.",
            hint="Install one with its signs, for Japanese on Debian: apt install"
            " fonts-noto-cjk. Or copy a .ttf or .otf file of such a font (say Noto Sans"
            " JP) into ~/.local/share/fonts.",
            text=missing[1],
        ) from error
    assert isinstance(found, bytes), "one PDF is asked for"
    return found


def _families(known: Sequence[str]) -> list[str]:
    return [each for each in FONTS if each in known]


def _file(place: int) -> str:
    return f"chart-{place}.svg"


def _in_json(document: Document, families: Sequence[str]) -> bytes:
    content = {
        "title": document.title,
        "company": document.company,
        "period": document.period,
        "as_of": document.said_as_of,
        "language": document.language,
        "fonts": families,
        "sections": [
            _section(each, place) for place, each in enumerate(document.sections)
        ],
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _section(section: Section, place: int) -> dict[str, object]:
    return {
        "title": section.title,
        "text": section.text,
        "chart": _chart(section.chart, place),
        "table": _table(section.shown),
        "checks": [
            {"text": each.text, "agrees": each.agrees} for each in section.checks
        ],
    }


def _chart(chart: Chart | None, place: int) -> dict[str, str] | None:
    if chart is None or not chart.rows:
        return None
    return {"file": _file(place), "title": chart.title, "sentence": chart.sentence}


def _table(table: Table | None) -> dict[str, object] | None:
    if table is None or not table.rows:
        return None
    return {
        "columns": list(table.columns),
        "rows": [list(row) for row in table.rows],
        "words": table.words,
        "total": list(table.total),
    }
