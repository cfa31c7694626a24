"""`banso report revenue`: MRR, its movements and retention as one document."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from banso.cli.export import writing_to
from banso.cli.options import in_project
from banso.cli.reports.billing_sections import billing
from banso.cli.reports.cohort_sections import cohorts
from banso.cli.reports.definition_sections import definitions
from banso.cli.reports.document import Document, Section
from banso.cli.reports.drivers import NotComputed, NothingToReport
from banso.cli.reports.key_figures import key_figures
from banso.cli.reports.movement_sections import bridge, lines, movements
from banso.cli.reports.pdf import in_pdf, typesetter
from banso.cli.reports.places import is_pdf, refuse_place
from banso.cli.reports.retention_sections import continuation, retention, variants
from banso.cli.reports.span import ReportSpan, months_within
from banso.cli.words import language, tell
from banso.kernel.labels import Language
from banso.runs.project import Project
from banso.runs.reading import ReleaseReader, close_reader, reader_of
from banso.runs.results import lake_of
from banso.runs.revenue import PERIODS
from banso.runs.revenue_reading import RevenueReading
from banso.site.serving import prepare_django


@click.command("revenue")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The document to write: NAME.html, which needs no other file, or NAME.pdf.",
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

    Key figures, what they mean and which choices are behind them, the bridge and the
    movements of each month, the largest of them down to the contract line, retention
    with intervals, what was billed against MRR, cohorts. Each sum is checked, and the
    document says so.
    """
    refuse_place(out, can_be_pdf=True)
    if is_pdf(out):
        typesetter()  # before minutes of work
    with _reading(project, said_in or language()) as reader:
        reading = RevenueReading(reader)
        months = months_within(
            sorted({row.period for row in reading.totals("month")}),
            since.date() if since else None,
            until.date() if until else None,
        )
        span = ReportSpan(reading, months, said_in or language())
        report = document(span, project.name)
        content = in_pdf(report) if is_pdf(out) else report.in_html().encode()
    with writing_to(out) as stream:
        stream.write(content)
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


def document(span: ReportSpan, company: str) -> Document:
    """Return the report; the sections of money once for each currency."""
    as_of = span.reading.reader.release.as_of
    return Document(
        title=span.say("売上レポート", "Revenue report"),
        company=company,
        period=span.words,
        as_of=as_of,
        said_as_of=span.say(f"基準日 {span.day(as_of)}", f"as of {span.day(as_of)}"),
        language=span.language,
        sections=sections(span),
    )


def sections(span: ReportSpan) -> list[Section]:
    """Return the sections in the order in which they are read."""
    found = [key_figures(span, rows) for rows in span.by_currency.values()]
    found += definitions(span)
    for rows in span.by_currency.values():
        found += [
            movements(span, rows),
            bridge(span, rows[-1]),
            *lines(span, rows[-1]),
        ]
    for currency in span.by_currency:
        found += [
            *retention(span, currency),
            *continuation(span, currency),
            *variants(span, currency),
        ]
    return [*found, *billing(span), *cohorts(span)]
