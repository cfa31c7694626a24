"""The rows of the result tables of questions."""

from collections.abc import Iterator
from dataclasses import dataclass

from banso.analytics.drivers.question import Answer
from banso.analytics.drivers.sentences import Groups, conclusion
from banso.definitions.drivers import Question
from banso.definitions.naming import NameRules


@dataclass(frozen=True)
class AnswerRow:
    """A row of ``answers``: one group and what became of it."""

    question: str
    outcome: str  # churn | health
    grp: str  # exposed | others
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    reason: str | None


@dataclass(frozen=True)
class AnswerTestRow:
    """A row of ``answer_tests``: a comparison of both groups."""

    question: str
    outcome: str
    test: str  # difference | ratio | log_rank | adjusted | adjusted_difference
    effect: float | None
    low: float | None
    high: float | None
    p_value: float | None
    q_value: float | None
    n: int
    events: int
    reason: str | None


@dataclass(frozen=True)
class AnswerCurveRow:
    """A row of ``answer_curves``: who was left of a group after some days."""

    question: str
    grp: str
    day: int
    at_risk: int
    events: int
    survival: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class AnswerTextRow:
    """A row of ``answer_texts``: what can be concluded, and what cannot."""

    question: str
    outcome: str
    verdict: str
    ja: str
    en: str


@dataclass(frozen=True)
class ExposedRow:
    """A row of ``exposed_now``: a customer in the first group as of the release."""

    question: str
    customer_id: str


def answer_rows(question: Question, found: Answer) -> Iterator[AnswerRow]:
    """Yield the figures of both groups."""
    for each in found.figures:
        estimate = each.estimate
        yield AnswerRow(
            question=question.key,
            outcome=each.outcome,
            grp=each.grp,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
            n=estimate.n,
            events=estimate.events,
            reason=estimate.reason,
        )


def test_rows(question: Question, found: Answer) -> Iterator[AnswerTestRow]:
    """Yield the comparisons."""
    for each in found.tests:
        effect = each.effect
        yield AnswerTestRow(
            question=question.key,
            outcome=each.outcome,
            test=each.test,
            effect=effect.value,
            low=effect.low,
            high=effect.high,
            p_value=effect.p_value,
            q_value=each.q_value,
            n=effect.n,
            events=effect.events,
            reason=effect.reason,
        )


def curve_rows(question: Question, found: Answer) -> Iterator[AnswerCurveRow]:
    """Yield the survival curves of both groups."""
    for point in found.curves:
        yield AnswerCurveRow(
            question=question.key,
            grp=point.grp,
            day=point.day,
            at_risk=point.at_risk,
            events=point.events,
            survival=point.survival,
            low=point.low,
            high=point.high,
        )


def text_rows(
    question: Question, found: Answer, names: NameRules
) -> Iterator[AnswerTextRow]:
    """Yield the conclusions in both languages."""
    groups = Groups(question.exposed.label, question.others.label, names.labels)
    for verdict in found.verdicts:
        said = conclusion(found, verdict.outcome, groups)
        yield AnswerTextRow(
            question.key, verdict.outcome, verdict.code, said.ja, said.en
        )
