"""The questions of a run: who was exposed, and what became of both groups."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _
from numpy.typing import NDArray

from banso.analytics.drivers.question import Answer, Asked, answer, corrected
from banso.analytics.filters import matches
from banso.analytics.panel.landmarks import BY_CHOICE, NO_END
from banso.definitions.drivers import Question
from banso.kernel.zones import day_number
from banso.runs.answer_rows import (
    AnswerCurveRow,
    AnswerRow,
    AnswerTestRow,
    AnswerTextRow,
    ExposedRow,
    answer_rows,
    curve_rows,
    test_rows,
    text_rows,
)
from banso.runs.derived import Recipe
from banso.runs.judging import Judging
from banso.runs.panel_columns import Columns
from banso.runs.panels import VERSION, Panels
from banso.runs.row_tables import placed_table
from banso.warehouse.manifest import Part

WEEK = 7  # days between two as-of dates
Told = Callable[[Question, Answer], Iterator[object]]


@dataclass
class Asking:
    """The answers to the questions of the definitions, as far as they are on."""

    judging: Judging

    @property
    def inquiry(self) -> "Inquiry":
        """What the questions are asked of."""
        return Inquiry(self.judging.panels, self.judging.dates, self.judging.day)

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the files of all answers, by result table."""
        return {
            "answers": self._part("answers", answer_rows, AnswerRow),
            "answer_tests": self._part("answer_tests", test_rows, AnswerTestRow),
            "answer_curves": self._part("answer_curves", curve_rows, AnswerCurveRow),
            "answer_texts": (self._texts,),
            "exposed_now": (self._exposed_now(),),
        }

    @property
    def _texts(self) -> Part:
        names = self.judging.panels.catalog.names

        def rows() -> pa.Table:
            found = [row for pair in self._answers for row in text_rows(*pair, names)]
            return placed_table(found, AnswerTextRow)

        worded = names.model_dump(mode="json")["columns"]
        return self.judging.part("answer_texts", rows, ("place",), worded=worded)

    def _part(self, name: str, told: Told, row_type: type) -> tuple[Part, ...]:
        def rows() -> pa.Table:
            found = [row for pair in self._answers for row in told(*pair)]
            return placed_table(found, row_type)

        return (self.judging.part(name, rows, ("place",)),)

    def _exposed_now(self) -> Part:
        """Return the file of who is in the first group of a question today."""
        panels = self.judging.panels
        recipe = Recipe(
            name="exposed_now",
            slice=panels.as_of.isoformat(),
            inputs={
                "version": VERSION,
                "facts": panels.kitchen.session.manifest.facts_digest,
                "metrics": [part.sha256 for part in panels.gridded.metric_parts[-1:]],
                "rules": [
                    panels.catalog.drivers.model_dump(mode="json"),
                    panels.catalog.forecast.model_dump(mode="json"),
                ],
            },
            order_by=("place",),
        )
        return panels.kitchen.table_part(recipe, self._exposed_rows)

    def _exposed_rows(self) -> pa.Table:
        inquiry = self.inquiry
        rows = [
            ExposedRow(question.key, customer)
            for question in self.judging.panels.catalog.drivers.questions
            for customer in inquiry.exposed_now(question) or ()
        ]
        return placed_table(rows, ExposedRow)

    @cached_property
    def _answers(self) -> Sequence[tuple[Question, Answer]]:
        return self.inquiry.answered(self.judging.panels.catalog.drivers.questions)


@dataclass
class Inquiry:
    """Questions asked of the panels of a run.

    Parameters
    ----------
    panels
        What is known of everybody on every as-of date.
    dates
        The as-of dates on which a customer may be looked at.
    day
        The last day that an answer knows.

    """

    panels: Panels
    dates: Sequence[dt.date]
    day: dt.date

    def answered(
        self, questions: Sequence[Question]
    ) -> Sequence[tuple[Question, Answer]]:
        """Return the answers to those questions that are on, corrected for all."""
        if not self.dates:
            return ()
        asked = [(each, self._asked(each)) for each in questions]
        found = [
            (question, answer(rows, within_days=question.within_days))
            for question, rows in asked
            if rows is not None
        ]
        answers = corrected([each for _question, each in found])
        return [
            (question, each)
            for (question, _first), each in zip(found, answers, strict=True)
        ]

    def exposed_now(self, question: Question) -> tuple[str, ...] | None:
        """Return who satisfies the condition of a question on the as-of date.

        They are under contract, have given no notice, and have been there for
        `after_days`. None when a metric of the question is off.
        """
        panels = self.panels
        if not self.is_on(question) or panels.as_of not in panels.gridded.dates:
            return None
        rows = panels.rows([panels.as_of], self._columns(question))
        ready = rows.filter(
            rows.tenure_days >= question.after_days, matches(rows, question.when)
        )
        there = ready.filter(matches(ready, question.where)).select("customer_id")
        found = panels.kitchen.session.to_arrow(there.order_by("customer_id"))
        customer = panels.number_of(found["customer_id"])
        today = np.full(len(customer), day_number(panels.as_of), dtype=np.int32)
        stay = panels.stays.place_of(customer, today)
        undecided = (stay >= 0) & (today < panels.stays.leaves_on[np.maximum(stay, 0)])
        kept = found.filter(pa.array(undecided))
        return tuple(kept["customer_id"].to_pylist())

    # -- who is asked about -----------------------------------------------------------

    def _asked(self, question: Question) -> Asked | None:
        """Return the customers of a question; None when a metric of it is off."""
        panels = self.panels
        if not self.is_on(question):
            return None
        rows = panels.rows(self.dates, self._columns(question))
        looked = _looked_at(rows, question, adjust_for=self._adjust_for)
        health = panels.health_rows(self.dates, ("score",))
        found = panels.kitchen.session.to_arrow(
            _with_later_score(looked, health, within_days=question.within_days)
        )
        return self._as_arrays(found)

    @property
    def _adjust_for(self) -> tuple[str, ...]:
        panels = self.panels
        there = {*panels.dated.contract, *panels.profile}
        return tuple(key for key in panels.catalog.drivers.adjust_for if key in there)

    def _columns(self, question: Question) -> Columns:
        """Return what a question reads: a query of fewer columns is built sooner."""
        dated, wanted = self.panels.dated, {*question.names, *self._adjust_for}
        return Columns(
            metrics=tuple(key for key in dated.metrics if key in wanted),
            contract=tuple(key for key in dated.contract if key in wanted),
            profile=tuple(key for key in dated.profile if key in wanted),
        )

    def is_on(self, question: Question) -> bool:
        """Return whether everything that a question reads is there."""
        dated = self.panels.dated
        known = {*dated.metrics, *dated.contract, *dated.profile, "tenure_days"}
        return set(question.names) <= known

    def _as_arrays(self, found: pa.Table) -> Asked:
        stays = self.panels.stays
        until = day_number(self.day)
        days = np.asarray(found["as_of"].cast(pa.int32()), dtype=np.int32)
        customer = self.panels.number_of(found["customer_id"])
        stay = stays.place_of(customer, days)
        place = np.maximum(stay, 0)
        # who had given notice by then has decided, and is not asked about
        there = (stay >= 0) & (days < stays.leaves_on[place])
        leaves = np.where(
            stays.leaves_on[place] <= until, stays.leaves_on[place], NO_END
        )
        by_choice = np.isin(stays.end_kind[place], BY_CHOICE)
        score = np.asarray(pc.fill_null(found["later_score"], np.nan), dtype=np.float64)
        names = ("tenure_days", *self._adjust_for)
        covariates = np.column_stack([_numbers(found[name]) for name in names])
        return Asked(
            exposed=np.asarray(found["exposed"])[there],
            durations=(np.minimum(leaves, until) - days)[there].astype(np.float64),
            churned=((leaves < NO_END) & by_choice)[there],
            health=score[there],
            covariates=covariates[there],
            names=names,
            categories=frozenset(set(names) - {"tenure_days", "days_to_renewal"}),
        )


# -- expressions ----------------------------------------------------------------------


def _looked_at(
    rows: ir.Table, question: Question, *, adjust_for: Sequence[str]
) -> ir.Table:
    """Return each customer once, on the first date on which it may be looked at."""
    seen = rows.mutate(
        seen_since=_.as_of.min().over(ibis.window(group_by="customer_id"))
    )
    ready = seen.filter(
        seen.tenure_days >= question.after_days, matches(seen, question.when)
    )
    first = ready.mutate(
        place=ibis.row_number().over(group_by="customer_id", order_by="as_of")
    ).filter(_.place == 0)
    # Whoever was past that point when the history begins was chosen by having stayed.
    is_fresh = first.tenure_days < question.after_days + WEEK
    if question.when is not None:
        is_fresh = is_fresh | (first.as_of > first.seen_since)
    first = first.filter(is_fresh)
    exposed = matches(first, question.where)
    return first.filter(exposed | matches(first, question.others_where)).select(
        "customer_id", "as_of", "tenure_days", *adjust_for, exposed=exposed
    )


def _with_later_score(
    looked: ir.Table, health: ir.Table, *, within_days: int
) -> ir.Table:
    """Add the last score of the time in which a customer is followed."""
    later = looked.select("customer_id", looked_on=looked.as_of).join(
        health.filter(health.score.notnull()), "customer_id"
    )
    days = later.as_of.delta(later.looked_on, unit="day")
    last = (
        later.filter(days > 0, days <= within_days)
        .group_by("customer_id")
        .aggregate(later_score=_.score.argmax(_.as_of))
    )
    joined = looked.left_join(last, "customer_id").drop("customer_id_right")
    return joined.order_by("customer_id")


def _numbers(values: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return a covariate as numbers; a text by the place of its level."""
    if pa.types.is_string(values.type):
        levels = sorted({level for level in values.to_pylist() if level is not None})
        values = pc.index_in(values, pa.array(levels, pa.string()))
    return np.asarray(pc.fill_null(values.cast("float64"), np.nan), dtype=np.float64)
