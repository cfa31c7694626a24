"""Whom to treat after a trial, as rows of a run."""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.panel.landmarks import Feature
from banso.analytics.trials.reading import Entrants, course_of
from banso.analytics.uplift.arms import Arms
from banso.analytics.uplift.ordering import ordered_by
from banso.analytics.uplift.sentences import (
    answer_in_words,
    not_yet_in_words,
    reasons_in_words,
)
from banso.analytics.uplift.targeting import Targeting, targeting, too_little
from banso.kernel.digests import digest_of_value
from banso.runs.derived import Recipe
from banso.runs.row_tables import table_of
from banso.runs.trial_entrants import Trial, TrialEntrants
from banso.warehouse.manifest import Part

TARGETING: Final = "trial_targeting"
VERSION: Final = 1  # of what is computed here and in analytics.uplift
_NOT_YET: Final = {"running": "still_running", "stopped": "stopped_early"}

Floats = NDArray[np.float64]
Kind = Literal["overall", "qini", "group", "feature"]


@dataclass(frozen=True)
class TargetingRow:
    """A row of ``trial_targeting``.

    Effects are in the share of customers whom the outcome turned out well for: who
    stayed, did not contract, or expanded. Above 0 is good, whatever the outcome.
    """

    trial_id: str
    kind: Kind
    number: int  # group 1 is scored highest; feature 1 tells most; else 0
    measure: str  # the outcome of the trial
    verdict: str
    feature: str  # of a feature: its column; else ""
    level: str  # of a category: whom the treatment is expected to help most
    value: float | None  # an effect, the Qini coefficient, what a feature adds
    low: float | None
    high: float | None
    n: int | None  # customers
    events: int | None
    share: float | None  # of a feature: of the variance of the scores
    p_same: float | None  # of the effect being the same for all
    worth_it: int | None  # groups, from the first on, that are expected to gain
    reason: str | None
    said_ja: str  # whom to treat; "" beside the row ``overall``
    said_en: str
    why_ja: str
    why_en: str


@dataclass
class TrialTargeting:
    """Whom to treat after one trial."""

    entrants: TrialEntrants
    trial: Trial
    result: Mapping[str, object]  # the trial's outcome, a row of ``trial_results``
    until: int  # the day number of today

    def part(self) -> Part:
        """Return the file of the trial; found when none of its customers changed."""
        said = {
            "version": VERSION,
            "trial": self.trial.trial_id,
            "measure": self.trial.outcome,
            "not_yet": self.not_yet,
        }
        if self.not_yet is None:
            overall = dataclasses.asdict(self.overall)
            inputs = said | {
                "overall": overall,
                "verdict": self.result["verdict"],
                "arms": _digest(self.arms),
            }
        else:
            inputs = said
        recipe = Recipe(
            TARGETING,
            f"trial-{digest_of_value(self.trial.trial_id)[:16]}",
            inputs,
            ("kind", "number"),
        )
        kitchen = self.entrants.panels.kitchen
        return kitchen.table_part(recipe, lambda: table_of(self.rows(), TargetingRow))

    def rows(self) -> Iterator[TargetingRow]:
        """Yield the answer, what the order is worth, the groups and the features."""
        if self.not_yet is not None:
            said = not_yet_in_words(self.not_yet)
            yield dataclasses.replace(
                self._row("overall", "not_enough_data"),
                reason=self.not_yet,
                said_ja=said.ja,
                said_en=said.en,
            )
            return
        yield from self._told(self.found)

    # -- the trial --------------------------------------------------------------------

    @cached_property
    def not_yet(self) -> str | None:
        """Why nothing is asked yet: it is asked once, at the planned end."""
        return _NOT_YET.get(str(self.result["basis"]))

    @cached_property
    def overall(self) -> Estimate:
        """The effect for all, as the trial's result has it, above 0 for good."""
        counts = [int(str(self.result[f"n_{arm}"])) for arm in ("treated", "held_out")]
        effect, low, high = (
            None if self.result[name] is None else float(str(self.result[name]))
            for name in ("effect", "low", "high")
        )
        if effect is None or low is None or high is None:
            reason = str(self.result["reason"] or "too_few_customers")
            return Estimate.unknown(reason, n=sum(counts))
        if self.trial.terms.is_good:
            return Estimate(effect, low, high, sum(counts))
        return Estimate(-effect, -high, -low, sum(counts))

    @cached_property
    def arms(self) -> Arms:
        """The customers who count; nothing is read of them when they are too few."""
        drawn, terms = self.entrants.drawn(self.trial), self.trial.terms
        outcome = self.entrants.outcome(drawn, self.trial.outcome, terms.window_days)
        nothing = np.empty((len(outcome), 0))
        who = Entrants(drawn.assigned_on, drawn.treated, outcome, nothing)
        course = course_of(who, terms, until=self.until)
        counted = course.counted(who, terms.window_days, course.last_day)
        good = outcome if terms.is_good else 1 - outcome
        bare = Arms(drawn.treated[counted], good[counted], nothing[counted], ())
        if too_little(bare) is not None:
            return bare
        known = self.entrants.known_before(self.trial)
        features = [_feature(name, known[name]) for name in known.column_names]
        values = np.column_stack([_values(known[f.key], f) for f in features])
        return dataclasses.replace(bare, values=values[counted], features=features)

    @cached_property
    def found(self) -> Targeting:
        """Whom to treat.

        Where the effect is shown to be smaller than what would matter, nobody is to be
        treated.
        """
        found = targeting(self.arms, overall=self.overall)
        is_nothing = self.result["verdict"] == "no_effect"
        if is_nothing and found.verdict == "not_enough_data":
            return dataclasses.replace(found, verdict="treat_nobody")
        return found

    # -- rows -------------------------------------------------------------------------

    def _told(self, found: Targeting) -> Iterator[TargetingRow]:
        said, why = answer_in_words(found), reasons_in_words(found, is_share=True)
        yield dataclasses.replace(
            self._row("overall", found.verdict, found.effect),
            n=len(self.arms),
            events=int((self.arms.outcome > 0).sum()),
            p_same=found.p_same,
            worth_it=found.worth_it if found.groups else None,
            reason=found.reason or found.effect.reason,
            said_ja=said.ja,
            said_en=said.en,
            why_ja=why.ja,
            why_en=why.en,
        )
        yield self._row("qini", found.verdict, found.qini.coefficient)
        for group in found.groups:
            row = self._row("group", found.verdict, group.effect)
            yield dataclasses.replace(row, number=group.number)
        if found.scoring is None:
            return
        for number, each in enumerate(ordered_by(self.arms, found.scoring), 1):
            yield dataclasses.replace(
                self._row("feature", found.verdict),
                number=number,
                feature=each.feature,
                level=each.level,
                value=each.difference,
                share=each.share,
            )

    def _row(
        self, kind: Kind, verdict: str, estimate: Estimate | None = None
    ) -> TargetingRow:
        return TargetingRow(
            trial_id=self.trial.trial_id,
            kind=kind,
            number=0,
            measure=self.trial.outcome,
            verdict=verdict,
            feature="",
            level="",
            value=None if estimate is None else estimate.value,
            low=None if estimate is None else estimate.low,
            high=None if estimate is None else estimate.high,
            n=None if estimate is None else estimate.n,
            events=None if estimate is None else estimate.events,
            share=None,
            p_same=None,
            worth_it=None,
            reason=None if estimate is None else estimate.reason,
            said_ja="",
            said_en="",
            why_ja="",
            why_en="",
        )


def _feature(name: str, column: pa.ChunkedArray) -> Feature:
    """Return what a column means: texts are categories."""
    if not pa.types.is_string(column.type):
        return Feature(name, "number")
    levels = {text for text in column.to_pylist() if text is not None}
    return Feature(name, "category", tuple(sorted(levels)))


def _values(column: pa.ChunkedArray, feature: Feature) -> Floats:
    if feature.kind == "category":
        column = pc.index_in(column, pa.array(feature.levels, pa.string()))
    numbers = pc.fill_null(column.cast("float64"), np.nan)
    return np.asarray(numbers, dtype=np.float64)


def _digest(arms: Arms) -> str:
    """Return what stands for everything that an answer depends on."""
    parts: Sequence[NDArray[np.generic]] = (arms.treated, arms.outcome, arms.values)
    found = hashlib.sha256(b"".join(np.ascontiguousarray(p).tobytes() for p in parts))
    features = [[f.key, f.kind, list(f.levels)] for f in arms.features]
    return digest_of_value([found.hexdigest(), features])
