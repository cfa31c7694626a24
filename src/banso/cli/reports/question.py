"""`banso report question`: ask something that stands in no definitions."""

import dataclasses

import click

from banso.analytics.drivers.question import OUTCOMES
from banso.analytics.figures.estimate import Estimate
from banso.cli.options import as_json, in_project
from banso.cli.output import print_json
from banso.cli.words import language, tell, write_line
from banso.kernel.labels import Label
from banso.runs.answer_rows import answer_rows, curve_rows, test_rows
from banso.runs.inquiring import Answered, answer_to, question_of
from banso.runs.project import Project

MOST_NAMED = 20
_TITLES = {"churn": Label("解約", "Churn"), "health": Label("ヘルス", "Health")}


@click.command("question")
@click.argument("where")
@click.option(
    "--after-days",
    type=click.IntRange(0, 3660),
    default=180,
    show_default=True,
    help="How long after its start a customer is looked at.",
)
@click.option(
    "--within-days",
    type=click.IntRange(1, 3660),
    default=365,
    show_default=True,
    help="How long it is followed from then on.",
)
@click.option("--when", help="What must hold on that day as well.")
@in_project
@as_json
def command(
    project: Project,
    *,
    where: str,
    after_days: int,
    within_days: int,
    when: str | None,
    as_json: bool,
) -> None:
    """Ask whether customers that satisfy WHERE leave more often: 'nps_last <= 6'.

    WHERE is a condition over metrics, the profile and the contract, as in
    definitions/drivers.yaml. It is asked of the newest run; nothing is kept. Who asks
    many questions one by one finds something by chance alone: a question that matters
    belongs into the definitions, where all of them are corrected for.
    """
    question = question_of(
        where, after_days=after_days, within_days=within_days, when=when
    )
    found = answer_to(project, question)
    if as_json:
        print_json(_in_json(found))
        return
    _print(found)


def _in_json(found: Answered) -> dict[str, object]:
    question, answer = found.question, found.answer
    texts = {outcome: found.conclusion(outcome) for outcome in OUTCOMES}
    return {
        "as_of": found.as_of,
        "known_by": found.known_by,
        "where": question.where,
        "when": question.when,
        "after_days": question.after_days,
        "within_days": question.within_days,
        "answers": list(map(dataclasses.asdict, answer_rows(question, answer))),
        "answer_tests": list(map(dataclasses.asdict, test_rows(question, answer))),
        "answer_curves": list(map(dataclasses.asdict, curve_rows(question, answer))),
        "answer_texts": {
            outcome: {"ja": said.ja, "en": said.en} for outcome, said in texts.items()
        },
        "exposed_now": list(found.exposed_now),
    }


def _print(found: Answered) -> None:
    said_in = language()
    names = {
        "exposed": found.question.exposed.label.in_language(said_in),
        "others": found.question.others.label.in_language(said_in),
    }
    for outcome in OUTCOMES:
        write_line(_TITLES[outcome].in_language(said_in))
        for figure in found.answer.figures:
            if figure.outcome == outcome:
                value = _said(figure.estimate, is_share=outcome == "churn")
                write_line(f"  {names[figure.grp]}: {value}")
        write_line(f"  {found.conclusion(outcome).in_language(said_in)}")
    count = len(found.exposed_now)
    tell(
        "{day}現在、条件に当てはまる顧客は{count}社です。{shown}",
        "On {day}, {count} customers satisfy the condition. {shown}",
        day=found.as_of,
        count=count,
        shown=", ".join(found.exposed_now[:MOST_NAMED])
        + (" …" if count > MOST_NAMED else ""),
    )


def _said(estimate: Estimate, *, is_share: bool) -> str:
    if estimate.value is None:
        return f"– ({estimate.reason}, n = {estimate.n})"
    form = "{:.1%}" if is_share else "{:.1f}"
    value = form.format(estimate.value)
    if estimate.low is None or estimate.high is None:
        return f"{value}, n = {estimate.n}"
    ends = f"{form.format(estimate.low)}–{form.format(estimate.high)}"
    return f"{value} ({ends}), n = {estimate.n}"
