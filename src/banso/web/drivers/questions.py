"""The questions of the definitions with their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banso.charts.chart import Chart
from banso.charts.survival import SurvivalGroup, SurvivalPoint, survival_curves
from banso.definitions.drivers import Question
from banso.kernel.labels import Label
from banso.web.drivers import words
from banso.web.drivers.findings import (
    CHURN,
    AnswerFigure,
    AnswerTest,
    AnswerText,
    Findings,
)
from banso.web.drivers.marks import Scale, interval_mark
from banso.web.drivers.naming import ElementNames
from banso.webkit import formatting

GROUPS: Final = ("exposed", "others")
HEALTH: Final = "health"
SAME_RATE: Final = 0.0005


@dataclass(frozen=True)
class GroupLine:
    """Churn or health of one group."""

    label: str
    value: str
    interval: str
    n: str
    mark: SafeString | str
    reason: str  # why there is no value


@dataclass(frozen=True)
class Conclusion:
    """What is known of one outcome of a question."""

    outcome: str  # its key
    title: str
    groups: Sequence[GroupLine]
    badge: words.Badge | None
    text: str  # what can be concluded, and what cannot
    within: str  # when the outcome was looked at


@dataclass(frozen=True)
class TestLine:
    """One comparison of both groups."""

    title: str
    effect: str
    interval: str
    p: str
    q: str
    n: str
    reason: str


@dataclass(frozen=True)
class QuestionCard:
    """A question in short."""

    key: str
    title: str
    url: str
    conclusions: Sequence[Conclusion]  # churn, then health; empty: not answered
    why_not: str  # why it is not answered

    @property
    def churn(self) -> Conclusion | None:
        """What is known of churn."""
        return next((each for each in self.conclusions if each.outcome == CHURN), None)

    @property
    def health(self) -> Conclusion | None:
        """What is known of health."""
        return next((each for each in self.conclusions if each.outcome == HEALTH), None)


@dataclass(frozen=True)
class QuestionDetail:
    """A question in full."""

    card: QuestionCard
    about: str
    curves: Chart
    tests: Sequence[tuple[str, Sequence[TestLine]]]  # by outcome
    asked: Sequence[tuple[str, str]]  # who is compared, and when
    where: str  # as it is written in the definitions
    when: str


def question_cards(findings: Findings) -> list[QuestionCard]:
    """Return every question of the definitions, in their order."""
    questions = findings.reader.catalog.drivers.questions
    return [_card(question, findings) for question in questions]


def find_question(findings: Findings, key: str) -> Question | None:
    """Return the question of a key; None when the definitions have none."""
    questions = findings.reader.catalog.drivers.questions
    return next((question for question in questions if question.key == key), None)


def question_detail(question: Question, findings: Findings) -> QuestionDetail:
    """Return everything that the release knows of a question."""
    return QuestionDetail(
        card=_card(question, findings),
        about=words.said(question.about.label) if question.about else "",
        curves=_curves(question, findings),
        tests=_tests(question, findings),
        asked=_asked(question, findings),
        where=question.where,
        when=question.when or "",
    )


def _card(question: Question, findings: Findings) -> QuestionCard:
    texts = {row.outcome: row for row in findings.texts if row.question == question.key}
    figures = [row for row in findings.figures if row.question == question.key]
    outcomes = [
        each
        for each in words.OUTCOMES
        if each in texts or any(row.outcome == each for row in figures)
    ]
    why_not = ""
    if not outcomes:
        why_not = _(
            "Not answered yet: something that it asks for is not connected, the history"
            " is too short, or the question is newer than the results."
        )
    return QuestionCard(
        key=question.key,
        title=words.said(question.label.label),
        url=reverse("drivers:question", args=[question.key]),
        conclusions=[
            _conclusion(question, outcome, figures, texts.get(outcome))
            for outcome in outcomes
        ],
        why_not=why_not,
    )


def _conclusion(
    question: Question,
    outcome: str,
    figures: Sequence[AnswerFigure],
    text: AnswerText | None,
) -> Conclusion:
    rows = {row.grp: row for row in figures if row.outcome == outcome}
    scale = _scale(outcome, list(rows.values()))
    within = (
        _("left within %(n)s days") % {"n": formatting.number(question.within_days)}
        if outcome == CHURN
        else _("mean health score at the end of those days")
    )
    return Conclusion(
        outcome=outcome,
        title=words.outcome(outcome),
        groups=[
            _group(question, rows[group], scale) for group in GROUPS if group in rows
        ],
        badge=words.verdict(outcome, text.verdict) if text else None,
        text=words.said(Label(ja=text.ja, en=text.en)) if text else "",
        within=within,
    )


def _group(question: Question, row: AnswerFigure, scale: Scale) -> GroupLine:
    named = question.exposed if row.grp == "exposed" else question.others
    value = words.level(row.outcome, row.value)
    interval = words.interval(
        words.level(row.outcome, row.low), words.level(row.outcome, row.high)
    )
    label = words.said(named.label)
    return GroupLine(
        label=label,
        value=value,
        interval=interval,
        n=_counted(row),
        mark=interval_mark(
            row.value,
            (row.low, row.high),
            scale,
            title=_("%(group)s: %(value)s, 95 %% interval %(interval)s")
            % {"group": label, "value": value, "interval": interval or "–"},
        ),
        reason=words.reason(row.reason) if row.value is None else "",
    )


def _counted(row: AnswerFigure) -> str:
    if row.outcome != CHURN:
        return _("n = %(n)s") % {"n": formatting.number(row.n)}
    counts = {
        "events": formatting.number(row.events),
        "n": formatting.number(row.n),
    }
    if row.value is not None and abs(row.value - row.events / row.n) > SAME_RATE:
        return _("%(events)s of n = %(n)s left so far, not all followed to the end") % (
            counts
        )
    return _("%(events)s of n = %(n)s left") % counts


def _scale(outcome: str, rows: Sequence[AnswerFigure]) -> Scale:
    """Return a scale from nothing: of churn to what is highest, of health to 100."""
    if outcome != CHURN:
        return Scale(0.0, 100.0)
    highest = [v for row in rows for v in (row.value, row.high) if v is not None]
    return Scale(0.0, max(highest, default=1.0) or 1.0)


def _curves(question: Question, findings: Findings) -> Chart:
    rows = findings.curves(question.key)
    named = {"exposed": question.exposed.label, "others": question.others.label}
    groups = [
        SurvivalGroup(
            named[group],
            [
                SurvivalPoint(row.day, row.at_risk, row.survival, row.low, row.high)
                for row in rows
                if row.grp == group
            ],
        )
        for group in GROUPS
    ]
    return survival_curves(
        groups, within_days=question.within_days, language=get_language() or "en"
    )


def _tests(
    question: Question, findings: Findings
) -> list[tuple[str, Sequence[TestLine]]]:
    rows = [row for row in findings.tests if row.question == question.key]
    grouped = [
        (
            words.outcome(outcome),
            [_test_line(row) for row in rows if row.outcome == outcome],
        )
        for outcome in words.OUTCOMES
    ]
    return [(title, lines) for title, lines in grouped if lines]


def _test_line(row: AnswerTest) -> TestLine:
    def say(value: float | None) -> str:
        return words.effect(row.outcome, row.test, value)

    return TestLine(
        title=words.test(row.outcome, row.test),
        effect=say(row.effect),
        interval=words.interval(say(row.low), say(row.high)),
        p=words.p_value(row.p_value),
        q=words.p_value(row.q_value),
        n=formatting.number(row.n),
        reason=words.reason(row.reason),
    )


def _asked(question: Question, findings: Findings) -> list[tuple[str, str]]:
    catalog = findings.reader.catalog
    names = ElementNames(catalog)
    held = ("tenure_days", *catalog.drivers.adjust_for)
    looked = _(
        "on the first as-of date on which the customer had been there for %(n)s days"
    ) % {"n": formatting.number(question.after_days)}
    return [
        (_("Looked at"), looked),
        (
            _("Followed for"),
            _("%(n)s days from then on")
            % {"n": formatting.number(question.within_days)},
        ),
        (
            _("Adjusted for"),
            _(", ").join(names.label(name) for name in held),
        ),
        (
            _("Who left before"),
            _("is in neither group: nobody counts as safe for having stayed"),
        ),
    ]
