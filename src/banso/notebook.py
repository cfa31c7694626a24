"""What a run found, as tables and charts for a notebook, a script or a scheduler.

Everything here is read from the newest release: a page, `banso report` and a notebook
give the same numbers, and draw the same charts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import altair as alt
import pyarrow as pa

from banso.analytics.health import part_names
from banso.charts.chart import Chart
from banso.charts.drivers import DriverEffect, driver_effects
from banso.charts.survival import SurvivalGroup, SurvivalPoint, survival_curves
from banso.charts.theme import theme_config
from banso.kernel.errors import BansoError
from banso.kernel.labels import Label
from banso.kernel.nearness import did_you_mean, nearest
from banso.runs.answer_rows import (
    AnswerCurveRow,
    AnswerRow,
    AnswerTestRow,
    answer_rows,
    curve_rows,
    test_rows,
)
from banso.runs.inquiring import answer_to, question_of
from banso.runs.project import Project
from banso.runs.reading import ReleaseReader, reader_of
from banso.runs.reopening import RunFirst
from banso.runs.results import lake_of
from banso.runs.row_tables import table_of
from banso.warehouse.manifest import Release

Language = Literal["ja", "en"]

WIDTH = 640  # pixels of a chart
FOUND = 0.05  # q-value below which a difference is called one
_SHOWN = ("customer_id", "name", "owner", "score", "band", "mrr", "currency")
_ABOUT = "answer_texts", "answers", "answer_tests", "answer_curves"


class UnknownQuestion(BansoError):
    """Refuse a key that no question of the release has."""

    code = "unknown_question"


def open_project(folder: str | Path, *, language: Language = "en") -> "Found":
    """Return what the newest run of a project found.

    Parameters
    ----------
    folder
        Holds ``banso.toml``.
    language
        Of sentences, and of the labels of charts.

    Raises
    ------
    RunFirst
        There is no release yet.

    """
    project = Project.open(Path(folder))
    release = lake_of(project).current().release
    if release is None:
        raise RunFirst("There are no results yet.", hint="Run with `banso run`.")
    return Found(project, release, language)


@dataclass(frozen=True)
class QuestionAnswer:
    """The answer to a question. It tells what goes together, not what causes it."""

    title: str
    conclusions: dict[str, str]  # by outcome: churn, health
    figures: pa.Table  # of both groups, as the result table ``answers``
    tests: pa.Table  # as ``answer_tests``; q_value is null for a question just asked
    curves: pa.Table  # as ``answer_curves``
    exposed_now: pa.Table  # customers in the first group as of the release
    drawing: Chart

    def chart(self) -> alt.TopLevelMixin:
        """Return the survival curves of both groups, as the page draws them."""
        return drawn(self.drawing)


@dataclass(frozen=True)
class Found:
    """What a release holds; see `docs/how-to/use-a-notebook.md`."""

    project: Project
    release: Release
    language: Language = "en"

    def table(self, name: str, **equal: object) -> pa.Table:
        """Return a result table such as ``drivers``, or rows of it.

        Parameters
        ----------
        name
            See `docs/reference/results.md` or ``banso export --help``. A release that
            does not have it gives a table without rows.
        **equal
            Only rows with these values, e.g. ``stratum="all"``.

        """
        rows = self._reader.findings(name, **equal)
        if rows and "place" in rows[0]:
            rows = sorted(rows, key=lambda row: int(str(row["place"])))
        return pa.Table.from_pylist([dict(row) for row in rows])

    def drivers(self, *, stratum: str = "all") -> pa.Table:
        """Return leavers against stayers in every feature, the strongest first.

        Columns: docs/definitions/drivers.md. A figure that cannot be had is null, with
        its ``reason``.
        """
        return self.table("drivers", stratum=stratum)

    def driver_chart(self) -> alt.TopLevelMixin:
        """Return the differences with their intervals, as the page draws them."""
        effects = [
            DriverEffect(
                self._label(row["element"]),
                row["effect"],
                row["low"],
                row["high"],
                is_found=row["q_value"] is not None and row["q_value"] < FOUND,
            )
            for row in self.drivers().to_pylist()
            if row["effect"] is not None and row["low"] is not None
        ]
        return drawn(driver_effects(effects, language=self.language))

    def years(self) -> pa.Table:
        """Return years of use × health × churn, for those who stayed and who left."""
        return self.table("tenure_health")

    @property
    def questions(self) -> tuple[str, ...]:
        """The keys of the questions of the definitions."""
        return tuple(each.key for each in self._reader.catalog.drivers.questions)

    def question(self, key: str) -> QuestionAnswer:
        """Return the run's answer to a question of the definitions.

        Raises
        ------
        UnknownQuestion
            The definitions of the release have none of that key.

        """
        asked = [e for e in self._reader.catalog.drivers.questions if e.key == key]
        if not asked:
            raise UnknownQuestion(
                f"There is no question '{key}'.",
                hint=did_you_mean(key, self.questions),
                key=key,
                near=nearest(key, self.questions),
                known=tuple(self.questions),
            )
        (question,) = asked
        texts, figures, tests, curves = (
            self.table(name, question=key) for name in _ABOUT
        )
        found = self._reader.findings("exposed_now", question=key)
        return QuestionAnswer(
            title=question.label.label.in_language(self.language),
            conclusions={
                row["outcome"]: row[self.language] for row in texts.to_pylist()
            },
            figures=figures,
            tests=tests,
            curves=curves,
            exposed_now=self._customers([str(row["customer_id"]) for row in found]),
            drawing=self._curves(
                curves,
                (question.exposed.label, question.others.label),
                question.within_days,
            ),
        )

    def ask(
        self,
        where: str,
        *,
        after_days: int = 180,
        within_days: int = 365,
        when: str | None = None,
    ) -> QuestionAnswer:
        """Return whether customers that satisfy a condition leave more often.

        Each customer is looked at once. Who asks many questions one by one finds
        something by chance alone: a question that matters belongs into the
        definitions, where the run corrects for all of them.

        Parameters
        ----------
        where
            Over metrics, the profile and the contract, as known on the day on which a
            customer is looked at: ``"nps_last <= 6"``.
        after_days
            How long after its start a customer is looked at.
        within_days
            How long it is followed from then on.
        when
            What must hold on that day as well.

        Raises
        ------
        BadQuestion, QuestionOff, RunFirst
            As `banso.runs.inquiring.answer_to`.

        """
        question = question_of(
            where, after_days=after_days, within_days=within_days, when=when
        )
        found = answer_to(self.project, question)
        curves = table_of(curve_rows(question, found.answer), AnswerCurveRow)
        return QuestionAnswer(
            title=question.label.label.in_language(self.language),
            conclusions={
                "churn": found.conclusion("churn").in_language(self.language),
                "health": found.conclusion("health").in_language(self.language),
            },
            figures=table_of(answer_rows(question, found.answer), AnswerRow),
            tests=table_of(test_rows(question, found.answer), AnswerTestRow),
            curves=curves,
            exposed_now=self._customers(found.exposed_now),
            drawing=self._curves(
                curves, (question.exposed.label, question.others.label), within_days
            ),
        )

    @property
    def _reader(self) -> ReleaseReader:
        return reader_of(self.project, self.release.release_id)

    def _customers(self, wanted: Sequence[str]) -> pa.Table:
        """Return customers as they stand today, the one that pays most first."""
        ids = set(wanted)
        rows = [
            {name: row[name] for name in _SHOWN}
            for row in self._reader.findings("customer_now")
            if row["customer_id"] in ids
        ]
        rows.sort(key=lambda row: (-float(str(row["mrr"] or 0)), row["customer_id"]))
        return pa.Table.from_pylist(rows)

    def _curves(
        self, curves: pa.Table, names: tuple[Label, Label], within_days: int
    ) -> Chart:
        rows = sorted(curves.to_pylist(), key=lambda row: int(row["day"]))
        groups = [
            SurvivalGroup(
                name,
                [
                    SurvivalPoint(
                        row["day"], row["at_risk"], row["survival"], row["low"],
                        row["high"],
                    )
                    for row in rows
                    if row["grp"] == group
                ],
            )
            for group, name in zip(("exposed", "others"), names, strict=True)
        ]  # fmt: skip
        return survival_curves(groups, within_days=within_days, language=self.language)

    def _label(self, key: str) -> str:
        """Return what the definitions call a metric or an element, else its key."""
        catalog = self._reader.catalog
        metric = catalog.metric_by_key.get(key)
        if metric is not None:
            return metric.label.label.in_language(self.language)
        for place, element in part_names(catalog.health).items():
            if key == f"{place.dimension}.{element.key}":
                return element.label.label.in_language(self.language)
        return key


def drawn(chart: Chart, *, width: int = WIDTH) -> alt.TopLevelMixin:
    """Return a chart that a notebook shows, in the colors of the reports."""
    spec = {**chart.spec, "width": width, "config": theme_config("light")}
    found: alt.TopLevelMixin = alt.Chart.from_dict(spec)
    return found
