"""Asking a question that stands in no definitions, of the newest release."""

import datetime as dt
import json
from dataclasses import dataclass

from banso.analytics.drivers.question import Answer, Outcome
from banso.analytics.drivers.sentences import Groups, conclusion
from banso.definitions.drivers import Question
from banso.definitions.model import Text
from banso.definitions.naming import NameRules
from banso.definitions.reading import read_catalog
from banso.kernel.errors import BansoError
from banso.kernel.issues import Level
from banso.kernel.labels import Label
from banso.runs.asking import Inquiry
from banso.runs.project import Project
from banso.runs.reopening import RunFirst, known_by, panels_of, reopened
from banso.runs.results import lake_of, published_catalog
from banso.warehouse.lake import Lake

KEY = "asked"
_FILE = "drivers.yaml"


class BadQuestion(BansoError):
    """Refuse a question that the definitions would not take."""

    code = "bad_question"


class QuestionOff(BansoError):
    """Refuse a question that reads a metric that is switched off."""

    code = "question_off"


@dataclass(frozen=True)
class Answered:
    """What came of a question, as of a release.

    Its tests are corrected for nothing: whoever asks many questions one by one finds
    something by chance alone. Questions that matter belong into the definitions.
    """

    question: Question
    answer: Answer
    as_of: dt.date
    known_by: dt.date  # the last day that the answer knows
    exposed_now: tuple[str, ...]  # customers that satisfy the condition on `as_of`
    names: NameRules  # what its columns are called

    def conclusion(self, outcome: Outcome) -> Label:
        """Return what can be concluded of churn or health, and what cannot."""
        groups = Groups(
            self.question.exposed.label, self.question.others.label, self.names.labels
        )
        return conclusion(self.answer, outcome, groups)


def question_of(
    where: str, *, after_days: int, within_days: int = 365, when: str | None = None
) -> Question:
    """Return the question whether those that satisfy a condition leave more often.

    The groups are called by the condition.
    """
    return Question(
        key=KEY,
        label=_text(f"{where}?", f"{where}?"),
        exposed=_text(where, where),
        others=_text(f"{where} 以外", f"not ({where})"),
        where=where,
        when=when,
        after_days=after_days,
        within_days=within_days,
    )


def answer_to(project: Project, question: Question) -> Answered:
    """Return the answer of the newest release to a question.

    Parameters
    ----------
    project
        Whose lake.
    question
        It may read what those of ``definitions/drivers.yaml`` may, under their rules:
        nothing that could have been learned later.

    Raises
    ------
    RunFirst
        There is no release, it knows no contracts, or its history is too short to
        look at anybody.
    BadQuestion
        Its conditions cannot be read, or read what is not known or not allowed.
    QuestionOff
        It reads a metric whose tables are not connected.

    Notes
    -----
    Source: docs/definitions/drivers.md. Checked in tests/runs/test_inquiring.py.

    """
    lake = lake_of(project)
    manifest = lake.current()
    release = manifest.release
    if release is None:
        raise RunFirst("There are no results yet.", hint="Run with `banso run`.")
    _refuse_bad(lake, release.definitions_digest, question)
    until = known_by(release)
    catalog = published_catalog(lake, release.definitions_digest)
    with reopened(project, manifest, release) as session:
        panels = panels_of(session, release, catalog)
        dates = [date for date in panels.watched if date <= until]
        inquiry = Inquiry(panels, dates, until)
        if not inquiry.is_on(question):
            raise QuestionOff(
                f"'{question.where}' reads what is not connected.",
                hint="`banso doctor` and the page of data say what is off, and why.",
                where=question.where,
            )
        found = inquiry.answered([question])
        exposed = inquiry.exposed_now(question)
    if not found:
        raise RunFirst(
            "The history is too short to look at anybody.",
            hint="Load older facts, or wait.",
        )
    ((_question, answer),) = found
    return Answered(
        question, answer, release.as_of, until, exposed or (), catalog.names
    )


def _text(ja: str, en: str) -> Text:
    return Text(ja=ja, en=en)


def _refuse_bad(lake: Lake, digest: str, question: Question) -> None:
    """Refuse what `banso check` would refuse if it stood in the definitions."""
    content = {
        "schema_version": 1,
        "drivers": {"questions": [question.model_dump(mode="json", exclude_none=True)]},
    }
    files = {**lake.definition_files(digest), _FILE: json.dumps(content).encode()}
    _catalog, issues = read_catalog(files)
    faults = [each for each in issues if each.level is Level.ERROR]
    mine = [each for each in faults if each.path.endswith(_FILE)]
    if mine:
        raise BadQuestion(
            f"{mine[0].message.rstrip('.')}.", hint=mine[0].hint, fault=str(mine[0])
        )
