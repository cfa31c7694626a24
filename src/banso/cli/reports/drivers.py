"""`banso report drivers`: what goes with leaving, and what does not."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from banso.cli.export import writing_to
from banso.cli.options import as_json, in_project
from banso.cli.output import print_json, print_table
from banso.cli.reports.places import refuse_place
from banso.cli.words import language, tell, write_line
from banso.kernel.errors import BansoError
from banso.kernel.labels import Label
from banso.runs.project import Project
from banso.runs.reading import ReleaseReader, close_reader, reader_of
from banso.runs.results import lake_of
from banso.site.serving import prepare_django

if TYPE_CHECKING:  # these exist only once Django is ready
    from banso.web.drivers.queries import DriversReport
    from banso.web.drivers.questions import QuestionDetail

STYLES = ["webkit/banso.css", "drivers/drivers.css"]
MOST_LINES = 40


class NotComputed(BansoError):
    """Refuse a report of results that no run has made yet."""

    code = "not_computed"


class NothingToReport(BansoError):
    """Refuse a report before there is anything to say."""

    code = "nothing_to_report"


@click.command("drivers")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an HTML document that needs no other file. Default: print tables.",
)
@click.option(
    "--language",
    "said_in",
    type=click.Choice(["ja", "en"]),
    help="Default: the language of the terminal.",
)
@in_project
@as_json
def command(
    project: Project, *, out: Path | None, said_in: str | None, as_json: bool
) -> None:
    """Say what goes with leaving: questions, years of use, every element.

    It is what the page 'Drivers' shows, of the newest run. All of it is association.
    """
    if out is not None:
        refuse_place(out)
    with _reading(project, said_in or language()) as reader:
        if as_json:
            print_json(_in_json(reader))
        if out is None and not as_json:
            from banso.web.drivers import queries  # noqa: PLC0415  after the settings

            _print(queries.report_of(reader), said_in or language())
        if out is not None:
            text = _document(reader, project, said_in or language())
            with writing_to(out) as stream:
                stream.write(text.encode())
            tell("{out} に書きました。", "Wrote {out}.", out=out)


@contextmanager
def _reading(project: Project, said_in: str) -> Iterator[ReleaseReader]:
    """Give the reader of the newest release, with Django ready and speaking.

    Raises
    ------
    NothingToReport
        There is no release, or it says nothing about drivers.

    """
    release = lake_of(project).current().release
    if release is None:
        raise NotComputed("Nothing was computed yet.", hint="Compute with `banso run`.")
    prepare_django(project)
    from django.utils import translation  # noqa: PLC0415  after the settings

    from banso.web.drivers import queries  # noqa: PLC0415  likewise

    try:
        with translation.override(said_in):
            reader = reader_of(project, release.release_id)
            _refuse_state(queries.state_of(reader))
            yield reader
    finally:
        close_reader()


def _refuse_state(state: str) -> None:
    if state == "no_contracts":
        raise NothingToReport(
            "It is not known who left: no contracts are connected.",
            hint="Load `subscriptions`, with the day on which each contract ended.",
        )
    if state == "not_computed":
        raise NotComputed(
            "The newest results are older than this report.",
            hint="Compute with `banso run`.",
        )


# -- as a document --------------------------------------------------------------------


def _document(reader: ReleaseReader, project: Project, said_in: str) -> str:
    from banso.cli.reports.drawing import (  # noqa: PLC0415  only a document needs it
        all_drawn,
        drawn,
        rendered,
    )
    from banso.web.drivers import queries  # noqa: PLC0415  after the settings

    report = queries.report_of(reader)
    elements = report.elements
    context = {
        "company": project.name,
        "language": said_in,
        "report": report,
        "questions": [(each, drawn(each.curves)) for each in report.questions],
        "means": all_drawn(report.means),
        "churn": drawn(report.churn) if report.churn else None,
        "effects": drawn(elements.chart) if elements else None,
    }
    return rendered("drivers/report.html", context, styles=STYLES)


# -- for a program --------------------------------------------------------------------


def _in_json(reader: ReleaseReader) -> dict[str, object]:
    from banso.web.drivers.findings import Findings  # noqa: PLC0415  after the settings

    found = Findings(reader)
    return {
        "as_of": reader.release.as_of,
        "release": reader.release.release_id,
        "questions": [question.key for question in reader.catalog.drivers.questions],
        "answers": list(map(dataclasses.asdict, found.figures)),
        "answer_tests": list(map(dataclasses.asdict, found.tests)),
        "answer_texts": list(map(dataclasses.asdict, found.texts)),
        "tenure_health": list(map(dataclasses.asdict, found.tenure)),
        "drivers": list(map(dataclasses.asdict, found.drivers)),
    }


# -- for a terminal -------------------------------------------------------------------


def _print(report: "DriversReport", said_in: str) -> None:
    def say(ja: str, en: str) -> str:
        return Label(ja=ja, en=en).in_language(said_in)

    write_line(say(f"基準日 {report.as_of}", f"As of {report.as_of}"))
    for question in report.questions:
        _print_question(question)
    for chart in [*report.means, *([report.churn] if report.churn else [])]:
        write_line(f"\n{chart.title}")
        write_line(chart.sentence)
        if chart.rows:
            print_table(chart.columns, chart.rows)
    _print_elements(report, said_in)


def _print_question(question: "QuestionDetail") -> None:
    write_line(f"\n{question.card.title}")
    if question.card.why_not:
        write_line(f"  {question.card.why_not}")
    for conclusion in question.card.conclusions:
        badge = f": {conclusion.badge.text}" if conclusion.badge else ""
        write_line(f"  {conclusion.title}{badge} – {conclusion.within}")
        for group in conclusion.groups:
            figures = group.reason or f"{group.value} ({group.interval})"
            write_line(f"    {group.label}: {figures}, {group.n}")
        if conclusion.text:
            write_line(f"  {conclusion.text}")


def _print_elements(report: "DriversReport", said_in: str) -> None:
    def say(ja: str, en: str) -> str:
        return Label(ja=ja, en=en).in_language(said_in)

    elements, few = report.elements, report.too_few
    title = say(
        "解約した顧客と続いた顧客を分けるもの", "What separates leavers from stayers"
    )
    write_line(f"\n{title}")
    if few is not None:
        until = few.enough_on or say("いつ足りるかは言えません", "when cannot be said")
        write_line(
            say(
                f"分かっている解約は{few.have}件で、{few.need}件が必要です（{until}）。",
                f"{few.have} leavings are known; {few.need} are needed ({until}).",
            )
        )
    if elements is None:
        return
    write_line(elements.summary)
    print_table(
        (
            say("要素", "element"),
            say("判定", "finding"),
            say("差", "difference"),
            say("95 %区間", "95 % interval"),
            say("q値", "q"),
            say("差が現れる時期", "seen before"),
            say("ほかを揃えると", "others held equal"),
            say("解約 / 継続", "left / stayed"),
        ),
        [
            (
                row.label,
                row.reason or row.finding,
                row.effect,
                row.interval or "–",
                row.q,
                row.lead,
                row.rest or row.adjusted,
                row.n,
            )
            for row in elements.page.rows[:MOST_LINES]
        ],
    )
    rest = elements.count - MOST_LINES
    if rest > 0:
        write_line(
            say(
                f"ほか{rest}個。すべては --json か --out で。",
                f"{rest} more; --json or --out has all of them.",
            )
        )
