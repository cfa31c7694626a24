"""`banso report revenue`: MRR, its movements and retention as one document."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from banso.charts.chart import Chart
from banso.charts.revenue import STEPS, PeriodMoves, Step, bridge_chart, movements_chart
from banso.cli.export import writing_to
from banso.cli.options import in_project
from banso.cli.reports.drivers import NotComputed, NothingToReport, refuse_place
from banso.cli.words import language, tell
from banso.definitions.revenue import Reading
from banso.kernel.errors import BansoError
from banso.kernel.labels import Label, Language
from banso.runs.project import Project
from banso.runs.reading import ReleaseReader, close_reader, reader_of
from banso.runs.results import lake_of
from banso.runs.retention_reading import Retained, RetentionReading
from banso.runs.revenue import PERIODS
from banso.runs.revenue_reading import (
    CLOSING,
    OPENING,
    Behind,
    PeriodFigures,
    RevenueReading,
)
from banso.site.serving import prepare_django
from banso.webkit.formatting import money, month, number, ratio

STYLES: Final = ["webkit/banso.css"]
KINDS: Final = ("new", "reactivation", "expansion", "contraction", "churn", "exchange")
YEAR: Final = 12
MOST_LINES: Final = 30


class NoSuchMonths(BansoError):
    """Refuse a span in which no month with figures lies."""

    code = "no_such_months"


@dataclass(frozen=True)
class Section:
    """A heading, and perhaps a sentence, a picture and a table."""

    title: str
    text: str = ""
    chart: Chart | None = None
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default_factory=tuple)


@click.command("revenue")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The HTML document to write; it needs no other file.",
)
@click.option(
    "--from",
    "since",
    type=click.DateTime(["%Y-%m"]),
    help="The first month. Default: twelve months before the last one.",
)
@click.option(
    "--to",
    "until",
    type=click.DateTime(["%Y-%m"]),
    help="The last month. Default: that of the newest run.",
)
@click.option(
    "--language",
    "said_in",
    type=click.Choice(["ja", "en"]),
    help="Default: the language of the terminal.",
)
@in_project
def command(
    project: Project,
    *,
    out: Path,
    since: dt.datetime | None,
    until: dt.datetime | None,
    said_in: Language | None,
) -> None:
    """Write what MRR did month by month, as a document with its definitions.

    The choices behind the numbers, the bridge of each month, retention with
    intervals, and the largest movements of the last month down to the contract line.
    """
    refuse_place(out)
    with _reading(project, said_in or language()) as reader:
        revenue = RevenueReading(reader)
        months = _months_within(
            revenue.all_periods("month"),
            since.date() if since else None,
            until.date() if until else None,
        )
        report = Report(revenue, said_in or language(), months[0], months[-1])
        text = report.document(project.name)
    with writing_to(out) as stream:
        stream.write(text.encode())
    tell("{out} に書きました。", "Wrote {out}.", out=out)


@contextmanager
def _reading(project: Project, said_in: str) -> Iterator[ReleaseReader]:
    """Give the reader of the newest release, with Django ready and speaking."""
    release = lake_of(project).current().release
    if release is None:
        raise NotComputed("Nothing was computed yet.", hint="Compute with `banso run`.")
    if PERIODS not in release.tables:
        raise NothingToReport(
            "It is not known who left: no contracts are connected.",
            hint="Load `subscriptions`, with the day on which each contract ended.",
        )
    prepare_django(project)
    from django.utils import translation  # noqa: PLC0415  after the settings

    try:
        with translation.override(said_in):
            yield reader_of(project, release.release_id)
    finally:
        close_reader()


def _months_within(
    months: Sequence[dt.date], since: dt.date | None, until: dt.date | None
) -> list[dt.date]:
    """Return the months of a span; the year before its last one by default.

    Raises
    ------
    NoSuchMonths
        The span lies outside of the months with figures, or ends before it begins.

    """
    last = until or months[-1]
    first = since or last.replace(year=last.year - 1)
    found = [each for each in months if first <= each <= last]
    if not found:
        raise NoSuchMonths(
            f"There is no month of revenue from {first:%Y-%m} to {last:%Y-%m}.",
            hint=f"The months are {months[0]:%Y-%m} to {months[-1]:%Y-%m};"
            " --from must not be after --to.",
            asked_first=f"{first:%Y-%m}",
            asked_last=f"{last:%Y-%m}",
            first=f"{months[0]:%Y-%m}",
            last=f"{months[-1]:%Y-%m}",
        )
    return found


@dataclass(frozen=True)
class Report:
    """The sections of the document, in one language."""

    reading: RevenueReading
    said_in: Language
    first: dt.date
    last: dt.date

    def document(self, company: str) -> str:
        """Return the HTML."""
        from banso.cli.reports.drawing import drawn, rendered  # noqa: PLC0415  slow

        sections = [
            (each, drawn(each.chart) if each.chart else None) for each in self.sections
        ]
        context = {
            "company": company,
            "language": self.said_in,
            "title": self._say("売上レポート", "Revenue report"),
            "as_of": self._say(
                f"基準日 {self.reading.reader.release.as_of}",
                f"As of {self.reading.reader.release.as_of}",
            ),
            "sections": sections,
        }
        return rendered("revenue/report.html", context, styles=STYLES)

    @property
    def sections(self) -> list[Section]:
        """All of them; those of money once for each currency."""
        found = [self._definitions()]
        months = self.reading.totals("month")
        for currency in sorted({row.currency for row in months}):
            rows = self._within([row for row in months if row.currency == currency])
            if rows:
                found += [*self._bridge(rows), self._lines(rows[-1])]
        kept = RetentionReading(self.reading).retained(YEAR)
        for currency in sorted({row.currency for row in kept}):
            found.append(self._retention([r for r in kept if r.currency == currency]))
        return found

    def _within(self, rows: list[PeriodFigures]) -> list[PeriodFigures]:
        within = [row for row in rows if self.first <= row.period <= self.last]
        return sorted(within, key=lambda row: row.period)

    def _definitions(self) -> Section:
        rules = self.reading.reader.catalog.revenue
        rows = [
            [_CHOICES[name].in_language(self.said_in), str(value), ""]
            for name, value in rules.standard.model_dump().items()
        ]
        for variant in rules.variants:
            changed = variant.model_dump(exclude={"key", "label"}, exclude_none=True)
            said = ", ".join(f"{name}: {value}" for name, value in changed.items())
            label = self._say(variant.label.ja, variant.label.en)
            rows.append([label, said, variant.key])
        return Section(
            self._say("使った定義", "Definitions used"),
            self._say(
                "数字はすべて標準の読み方によります。その下は、名前の付いた別の読み方です。",
                "All figures are of the standard reading. Others stand below.",
            ),
            columns=(
                self._say("決めること", "Choice"),
                self._say("選んだもの", "Chosen"),
                self._say("名前", "Name"),
            ),
            rows=rows,
        )

    def _bridge(self, rows: Sequence[PeriodFigures]) -> Iterator[Section]:
        last, currency = rows[-1], rows[-1].currency

        def said(value: float) -> str:
            return money(value, currency, language=self.said_in)

        kinds = [kind for kind in KINDS if any(row.amounts[kind] for row in rows)]
        yield Section(
            f"{month(last.period, language=self.said_in)} · {currency}",
            chart=bridge_chart(
                [
                    Step(key, float(last.amounts[key]))
                    for key in (OPENING, *kinds, CLOSING)
                ],
                period=month(last.period, language=self.said_in),
                say=said,
                language=self.said_in,
            ),
        )
        moves = [
            PeriodMoves(
                month(row.period, language=self.said_in),
                {kind: float(row.amounts[kind]) for kind in KINDS},
                {},
            )
            for row in rows
        ]
        steps = (OPENING, *kinds, CLOSING)
        yield Section(
            self._say(f"MRRの動き（月別、{currency}）", f"MRR by month ({currency})"),
            chart=movements_chart(moves, say=said, language=self.said_in),
            columns=(
                self._say("月", "Month"),
                *(STEPS[key].in_language(self.said_in) for key in steps),
                "CMRR",
                self._say("顧客数", "Customers"),
            ),
            rows=[
                [
                    month(row.period, language=self.said_in),
                    *(said(float(row.amounts[key])) for key in steps),
                    said(float(row.cmrr)),
                    number(row.counts[CLOSING], language=self.said_in),
                ]
                for row in rows
            ],
        )

    def _lines(self, row: PeriodFigures) -> Section:
        asked = Behind("month", row.period, currency=row.currency)
        found = self.reading.lines_behind(asked, limit=MOST_LINES)
        return Section(
            self._say(
                f"{month(row.period, language='ja')}の大きな動き（契約明細）",
                f"Largest movements of {month(row.period, language='en')}, by line",
            ),
            columns=(
                self._say("顧客", "Customer"),
                self._say("契約", "Contract line"),
                self._say("製品", "Product"),
                self._say("種類", "Kind"),
                self._say("金額", "Amount"),
            ),
            rows=[
                [
                    str(line["name"] or line["customer_id"]),
                    str(line["subscription_id"]),
                    str(line["product"] or "–"),
                    STEPS[str(line["kind"])].in_language(self.said_in),
                    money(
                        float(str(line["amount"])), row.currency, language=self.said_in
                    ),
                ]
                for line in found
            ],
        )

    def _retention(self, kept: Sequence[Retained]) -> Section:
        currency = kept[-1].currency
        rows = [row for row in kept if row.month <= self.last][-YEAR:]
        return Section(
            self._say(
                f"12か月の継続率（{currency}）",
                f"Retention over 12 months ({currency})",
            ),
            self._say(
                "12か月前に支払っていた顧客について。顧客数の区間は95 %（Wilson）。",
                "Of who paid twelve months before; the interval is 95 % (Wilson).",
            ),
            columns=(
                self._say("月", "Month"),
                self._say("顧客数", "Customers"),
                self._say("顧客の継続率", "Logo retention"),
                self._say("95 %区間", "95 % interval"),
                "GRR",
                "NRR",
            ),
            rows=[self._retained(row) for row in rows],
        )

    def _retained(self, row: Retained) -> list[str]:
        low, high = row.logo.ends
        ends = [ratio(end, places=1, language=self.said_in) for end in (low, high)]
        return [
            month(row.month, language=self.said_in),
            number(row.logo.whole, language=self.said_in),
            ratio(row.logo.value, places=1, language=self.said_in),
            " … ".join(ends),
            ratio(row.grr, places=1, language=self.said_in),
            ratio(row.nrr, places=1, language=self.said_in),
        ]

    def _say(self, ja: str, en: str) -> str:
        return Label(ja, en).in_language(self.said_in)


_CHOICES: Final = {
    "churn_at": Label("解約とする日", "Churn counts at"),
    "pause_days": Label("解約とみなさない中断の日数", "Gap that is none, in days"),
    "free_plan": Label("無料プランへの変更", "Going down to free"),
    "within_period": Label("期間内の動き", "Moves within a period"),
    "discounts": Label("値引き", "Discounts"),
    "currency_rate": Label("換算レート", "Rate of exchange"),
    "reactivation": Label("NRRでの復活の扱い", "Reactivation in NRR"),
    "contraction": Label("NRRでの縮小の扱い", "Contraction in NRR"),
    "quick_ratio": Label("クイックレシオ", "Quick ratio"),
}
assert set(_CHOICES) == set(Reading.model_fields), "every choice has a name"
