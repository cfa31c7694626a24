"""A report as sections, from which its HTML and its PDF are made alike."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from banso.charts.chart import Chart
from banso.kernel.labels import Language


@dataclass(frozen=True)
class Table:
    """Rows under their heads; every column after the first ones is of numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1  # how many of the first columns are words
    total: Sequence[str] = ()  # a last row, of what the others add up to


@dataclass(frozen=True)
class Check:
    """A sentence about two ways to one figure, and whether they met."""

    text: str
    agrees: bool


@dataclass(frozen=True)
class Section:
    """A heading, and below it what there is of text, chart, table and checks."""

    title: str
    text: str = ""
    chart: Chart | None = None
    table: Table | None = None  # none: the table of the chart
    checks: Sequence[Check] = ()

    @property
    def shown(self) -> Table | None:
        """The table; without one of its own, that of the chart."""
        if self.table is not None or self.chart is None:
            return self.table
        return Table(self.chart.columns, self.chart.rows)


@dataclass(frozen=True)
class Document:
    """A report in one language."""

    title: str
    company: str
    period: str
    as_of: dt.date
    said_as_of: str
    language: Language
    sections: Sequence[Section]

    def in_html(self) -> str:
        """Return it as an HTML document that needs no other file."""
        from banso.cli.reports.drawing import drawn, rendered  # noqa: PLC0415  slow

        sections = [
            (each, drawn(each.chart) if each.chart else None) for each in self.sections
        ]
        return rendered(
            "revenue/report.html",
            {"document": self, "sections": sections},
            styles=["webkit/banso.css", "revenue/report.css"],
        )
