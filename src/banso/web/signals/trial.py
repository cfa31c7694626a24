"""Trying drafts of signals on the past, beside what is published."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from banso.analytics.signals.comparing import COMPARED
from banso.analytics.signals.difference_sentences import (
    comparison_in_words,
    difference_in_words,
)
from banso.analytics.signals.judging import FIGURES
from banso.analytics.signals.sentences import trial_in_words
from banso.definitions.reading import SIGNALS_FILE
from banso.kernel.labels import Label
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.runs.signal_backtesting import (
    Beside,
    DraftFile,
    Tried,
    Wanted,
    try_signals,
)
from banso.web.signals import words

_START: Final = """schema_version: 1
signals:
  - key: my_signal
    label: {ja: 利用が途絶えた, en: Use stopped}
    kind: churn
    when: days_since_last_event >= 21
    until: days_since_last_event < 7
    cooldown_days: 28
    reason:
      ja: 最終利用から{days_since_last_event}経っています。
      en: Last used {days_since_last_event} ago.
    outcome: churn
    within_days: 180
"""


@dataclass(frozen=True)
class Column:
    """One signal that was tried."""

    name: str
    label: str
    sentence: str  # "" when it lacks something
    lacks: Sequence[str]
    figures: Sequence[tuple[str, str]]  # value and interval, or why not


@dataclass(frozen=True)
class Pair:
    """Two signals beside each other."""

    first: str
    second: str
    sentence: str
    differences: Sequence[tuple[str, str]]  # a figure, and how far they are apart


@dataclass(frozen=True)
class TrialPage:
    """What came of trying drafts."""

    known_by: dt.date
    heads: Sequence[str]  # of the figures
    columns: Sequence[Column]
    pairs: Sequence[Pair]

    @property
    def rows(self) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """Each figure with its value of every signal that speaks."""
        spoke = [each for each in self.columns if each.figures]
        return [
            (head, [each.figures[place] for each in spoke])
            for place, head in enumerate(self.heads)
        ]

    @property
    def speaking(self) -> Sequence[Column]:
        """The signals with figures."""
        return [each for each in self.columns if each.figures]


def text_to_start_from(key: str) -> str:
    """Return the published signal of a key as a draft; else one to begin with."""
    project = _project()
    lake = lake_of(project)
    release = lake.current().release
    if release is None:
        return _START
    files = lake.definition_files(release.definitions_digest)
    text = files.get(SIGNALS_FILE, b"").decode("utf-8", errors="replace")
    pattern = rf"^( *)- key: *{re.escape(key)} *\n.*?(?=^\1(?:- |#)|\Z)"
    mine = re.search(pattern, text, re.MULTILINE | re.DOTALL)
    if not key or mine is None:
        return _START
    return f"schema_version: 1\nsignals:\n{mine[0].rstrip()}\n"


def trial_page(first: str, second: str, *, months: int) -> TrialPage:
    """Return what drafts would have been worth, and how they compare.

    Raises
    ------
    RunFirst
        There are no results yet, or no contracts.
    BadDraft
        A draft breaks a rule of the definitions.

    """
    texts = [("A", first), *([("B", second)] if second.strip() else [])]
    drafts = tuple(DraftFile(name, text.encode()) for name, text in texts)
    found = try_signals(_project(), Wanted(drafts=drafts, months=months))
    return TrialPage(
        known_by=found.known_by,
        heads=[str(words.FIGURES[name]) for name in FIGURES],
        columns=[_column(each, months) for each in found.tried],
        pairs=[_pair(each) for each in found.beside],
    )


def _project() -> Project:
    folder = settings.BANSO_PROJECT_FOLDER
    assert folder is not None
    return Project.open(folder)


def _column(each: Tried, months: int) -> Column:
    sentence = ""
    if each.figures:
        outcome = each.signal.outcome
        said = trial_in_words(each.figures, months=months, outcome=outcome)
        sentence = words.said(said)
    return Column(
        name=words.said(_name(each)),
        label=words.said(each.signal.label.label),
        sentence=sentence,
        lacks=each.connect or each.lacks,
        figures=[
            (
                words.value(name, each.figures[name]),
                words.interval(name, each.figures[name])
                or words.reason(each.figures[name].reason),
            )
            for name in (FIGURES if each.figures else ())
        ],
    )


def _pair(each: Beside) -> Pair:
    first, second = _name(each.first), _name(each.second)
    shown = []
    for name in COMPARED:
        head = str(words.FIGURES[name])
        if name in ("precision", "covered"):
            head = _("%(figure)s (points)") % {"figure": head}
        found = each.differences[name]
        text = difference_in_words(name, found)
        shown.append(
            (head, text if found.reason is None else words.reason(found.reason))
        )
    return Pair(
        first=words.said(first),
        second=words.said(second),
        sentence=words.said(
            comparison_in_words(each.differences, first=first, second=second)
        ),
        differences=shown,
    )


def _name(each: Tried) -> Label:
    key = each.signal.key
    if each.draft is None:
        return Label(f"{key}（公開中）", f"{key} (published)")
    return Label(f"{key}（下書き{each.draft}）", f"{key} (draft {each.draft})")
