"""What a run says of its own scores: judged by what happened, and what separates."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.analytics.drivers.matching import followed_window, landmark_dates
from banso.analytics.drivers.rows import DriverRow, TenureRow
from banso.analytics.drivers.table import driver_table
from banso.analytics.drivers.tenure import tenure_profile
from banso.analytics.forecast.forecasts import HORIZONS, Target
from banso.analytics.health import metrics_of_elements, part_names
from banso.analytics.judgement.binning import calibration_rows
from banso.analytics.judgement.comparison import Compared, compared
from banso.analytics.judgement.comparison_sentences import comparison_sentence
from banso.analytics.judgement.evaluation import evaluation_rows
from banso.analytics.judgement.judged import CalibrationRow, Judged
from banso.analytics.judgement.judging import judge
from banso.analytics.judgement.naive_rules import last_rate, logistic, recency
from banso.analytics.judgement.outcome import Outcome, churn
from banso.analytics.judgement.subject import Kind, Subject, strata
from banso.analytics.panel.landmarks import CHURN, NO_END, Landmarks
from banso.analytics.panel.moves import until_move
from banso.analytics.weights.comparing import JudgedWeights
from banso.analytics.weights.proposing import (
    ElementWeight,
    Proposal,
    propose_weights,
)
from banso.analytics.weights.weighting import weighting_of
from banso.definitions.health import HealthModel
from banso.definitions.metrics import (
    AttributeMetric,
    DaysSinceLastMetric,
    LastMetric,
    Metric,
)
from banso.kernel.digests import digest_of_value
from banso.kernel.progress import Progress
from banso.kernel.zones import day_number, day_of_number
from banso.runs.derived import Recipe
from banso.runs.forecast_said import Said
from banso.runs.forecasting import TARGETS, Forecasting
from banso.runs.gridding import Slice
from banso.runs.panel_columns import Columns
from banso.runs.panels import Panels
from banso.runs.row_tables import placed_table, table_of
from banso.warehouse.manifest import Part

VERSION: Final = 5  # of what is computed here and in the packages of analytics
JUDGED_DAYS: Final = (90, 180, 365)
STRATA: Final = ("touch", "plan", "size", "product", "industry")
TARGET_OF: Final[Mapping[str, Target]] = {target: target for target in TARGETS}
MOST_LEVELS: Final = 12  # a stratum for each plan, but not for each of 500

Rows = Callable[[], pa.Table]


@dataclass
class Judging:
    """The analyses of a run: as of the day on which the newest model was fitted.

    That is the as-of date itself in the first half-year of a history.
    """

    forecasting: Forecasting
    seed: int

    @property
    def panels(self) -> Panels:
        """What everything is read from."""
        return self.forecasting.panels

    @cached_property
    def day(self) -> dt.date:
        """The last day that the analyses know."""
        return self.forecasting.fitted_on(self.panels.as_of)

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The as-of dates that the analyses look at."""
        return tuple(date for date in self.panels.watched if date <= self.day)

    def parts(self, progress: Progress) -> dict[str, tuple[Part, ...]]:
        """Return the files of all analyses, by result table."""
        wanted: Mapping[str, tuple[Rows, tuple[str, ...]]] = {
            "drivers": (self._drivers, ("stratum", "place")),
            "tenure_health": (self._tenure, ("place",)),
            "judged": (self._judged, ("place",)),
            "calibration": (self._calibration, ("subject", "horizon_days", "bin")),
            "forecast_compared": (self._compared, ("place",)),
            "weights": (self._weights, ("place",)),
            "weights_judged": (self._weights_judged, ("place",)),
        }
        parts: dict[str, tuple[Part, ...]] = {}
        for done, (name, (rows, order_by)) in enumerate(wanted.items()):
            progress("drivers", done, len(wanted))
            parts[name] = (self.part(name, rows, order_by),)
        progress("drivers", len(wanted), len(wanted))
        return parts

    def part(
        self, name: str, rows: Rows, order_by: tuple[str, ...], *, worded: object = None
    ) -> Part:
        """Return the file of one analysis, made or found; `worded`: what it names."""
        recipe = Recipe(
            name=name,
            slice=self.day.isoformat(),
            inputs={"version": VERSION, "made_from": self._made_from, "worded": worded},
            order_by=order_by,
        )
        return self.panels.kitchen.table_part(recipe, rows)

    @cached_property
    def _made_from(self) -> str:
        catalog = self.panels.catalog
        slices = [part for part in self.panels.gridded.slices if self._is_past(part)]
        return digest_of_value(
            [
                self.forecasting.past.up_to(self.day),
                [model.model_dump(mode="json") for model in catalog.health],
                catalog.drivers.model_dump(mode="json"),
                [self.forecasting.grid_recipe(part).made_from for part in slices],
                self.seed,
            ]
        )

    # -- what is looked at ------------------------------------------------------------

    @cached_property
    def columns(self) -> Columns:
        """Metrics, health and profile: everything that may separate."""
        return replace(self.panels.dated, health=self.panels.health)

    @cached_property
    def landmarks(self) -> Landmarks:
        """Everybody on every date, as known on the day of the analyses."""
        found = self.panels.landmarks(self.dates, self.columns, every=self.panels.every)
        return found.known_by(day_number(self.day)).with_levels_in_use()

    @cached_property
    def monthly(self) -> Landmarks:
        """Those of them that are enough to judge by."""
        return self.landmarks.rows(evaluation_rows(self.landmarks, seed=self.seed))

    # -- results ----------------------------------------------------------------------

    def _drivers(self) -> pa.Table:
        if not self.dates:
            return placed_table([], DriverRow)
        landmarks = self._landmarks_far_apart
        # How near a renewal is says when customers leave, not who.
        told = [key for key in landmarks.keys if key != "days_to_renewal"]
        rows = driver_table(
            landmarks.only(told),
            kinds=self.kinds,
            adjust_for=self.adjust_for,
            made_of=metrics_of_elements(self.panels.catalog.health),
            seed=self.seed,
        )
        return placed_table(rows, DriverRow)

    @property
    def window_days(self) -> int:
        """How many days after a date are looked at for drivers."""
        return followed_window(self._days, seen_until=day_number(self.day))

    @property
    def _days(self) -> NDArray[np.int32]:
        return np.array([day_number(date) for date in self.dates], np.int32)

    @property
    def _landmarks_far_apart(self) -> Landmarks:
        """Those on the dates that drivers are looked for on, none left out.

        A customer who left is compared on one date alone, so it must be there.
        """
        if self.panels.every == 1:
            return self.landmarks
        until = day_number(self.day)
        chosen = landmark_dates(
            self._days, seen_until=until, window_days=self.window_days
        )
        dates = [day_of_number(int(day)) for day in chosen]
        every = self.panels.every_of(dates)
        found = self.panels.landmarks(dates, self.columns, every=every)
        return found.known_by(until).with_levels_in_use()

    @property
    def adjust_for(self) -> tuple[str, ...]:
        """The columns that are held equal, as far as they are there."""
        wanted = self.panels.catalog.drivers.adjust_for
        return tuple(key for key in wanted if key in self.landmarks.keys)

    @property
    def kinds(self) -> Mapping[str, str]:
        """What each feature is."""
        metrics = {metric.key: metric for metric in self.panels.metrics}
        kinds = {key: _kind_of(metrics[key]) for key in self.columns.metrics}
        for key in self.columns.health:
            kinds[key] = _health_kind(key)
        return kinds | dict.fromkeys(
            (*self.columns.contract, *self.columns.profile), "attribute"
        )

    def _tenure(self) -> pa.Table:
        if not self.dates:
            return placed_table([], TenureRow)
        return placed_table(
            tenure_profile(self.landmarks, self.columns.health), TenureRow
        )

    def _judged(self) -> pa.Table:
        parts = strata(self.monthly, by=self._strata) if self.dates else ()
        return placed_table(
            [
                row
                for outcome in self._outcomes
                for days in JUDGED_DAYS
                for subject in (
                    *self._subjects(outcome, days),
                    *self._rules(outcome, days),
                )
                for row in judge(
                    self.monthly,
                    subject,
                    outcome=outcome,
                    horizon_days=days,
                    strata=parts if _is_of_parts(outcome, subject) else parts[:1],
                )
            ],
            Judged,
        )

    def _compared(self) -> pa.Table:
        rows = [
            row
            for outcome in self._outcomes[:1]
            for days in JUDGED_DAYS
            for row in compared(
                self.monthly,
                self._forecast(outcome, days),
                self._rules(outcome, days),
                outcome=outcome,
                horizon_days=days,
            )
        ]
        table = placed_table(rows, Compared)
        sentences = [comparison_sentence(row) for row in rows]
        for language in ("ja", "en"):
            texts = [sentence.in_language(language) for sentence in sentences]
            table = table.append_column(language, pa.array(texts, pa.string()))
        return table

    def _calibration(self) -> pa.Table:
        rows = [
            row
            for outcome in self._outcomes
            for days in HORIZONS
            for subject in self._calibrated(outcome, days)
            for row in calibration_rows(
                self.monthly, subject, outcome=outcome, horizon_days=days
            )
        ]
        return table_of(rows, CalibrationRow)

    def _calibrated(self, outcome: Outcome, days: int) -> Sequence[Subject]:
        """Return whose bins are told; those of moves have names of their own."""
        if outcome.key == "churn":
            return self._subjects(outcome, days)
        forecast = self._forecast(outcome, days)
        return (replace(forecast, key=f"{forecast.key}.{outcome.key}"),)

    @cached_property
    def _outcomes(self) -> Sequence[Outcome]:
        if not self.dates:
            return ()
        rises, falls = (self._moves_on(rose=rose) for rose in (True, False))
        return (
            churn(self.monthly),
            Outcome("expansion", rises, is_good=True),
            Outcome("contraction", falls, is_good=False),
        )

    def _moves_on(self, *, rose: bool) -> NDArray[np.int32]:
        """Return the day of each row's next move of MRR before it leaves."""
        found = until_move(self.monthly, self.panels.moves, rose=rose)
        return np.where(found.end_kind == CHURN, found.leaves_on, NO_END).astype(
            np.int32
        )

    @cached_property
    def _strata(self) -> tuple[str, ...]:
        levels = {f.key: len(f.levels) for f in self.landmarks.features}
        return tuple(key for key in STRATA if 1 < levels.get(key, 0) <= MOST_LEVELS)

    def _subjects(self, outcome: Outcome, days: int) -> list[Subject]:
        """Return the score, its parts and the forecast of an outcome within days.

        Health is not asked about falls of MRR: it is the same question as churn.
        """
        forecast = self._forecast(outcome, days)
        if outcome.key == "contraction":
            return [forecast]
        bands = [(m.bands.watch, m.bands.healthy) for m in self.panels.catalog.health]
        subjects = [
            Subject(
                key,
                _health_kind(key),
                self.monthly.column(key),
                bands=bands[0] if bands else None,
            )
            for key in self.columns.health
        ]
        return [*subjects, forecast]

    def _forecast(self, outcome: Outcome, days: int) -> Subject:
        """Return what the forecasts said of an outcome, each on its date.

        Where a rate stood in for a model nothing was forecast.
        """
        target = TARGET_OF[outcome.key]
        chances = self._said.of(
            self.monthly, target, days, by_model=outcome.key == "churn"
        )
        return Subject("forecast", "forecast", chances, high_means="likely")

    def _rules(self, outcome: Outcome, days: int) -> list[Subject]:
        """Return the naive rules that are judged beside it."""
        rules = [last_rate(self.monthly, outcome=outcome, horizon_days=days)]
        if self._silence is not None:
            rules.append(recency(self.monthly, feature=self._silence))
        few = [key for key in self._health_metrics if key in self.columns.metrics]
        if few:
            rules.append(
                logistic(self.monthly, features=few, outcome=outcome, horizon_days=days)
            )
        return rules

    @property
    def _silence(self) -> str | None:
        """The metric of days since the last event, if there is one."""
        return next(
            (
                metric.key
                for metric in self.panels.metrics
                if isinstance(metric, DaysSinceLastMetric)
                and metric.table == "events"
                and metric.key in self.columns.metrics
            ),
            None,
        )

    @property
    def _health_metrics(self) -> Sequence[str]:
        named = part_names(self.panels.catalog.health).values()
        return list(dict.fromkeys(element.metric for element in named))

    @cached_property
    def _said(self) -> Said:
        """What the forecasts said on those dates."""
        slices = [part for part in self.panels.gridded.slices if self._is_past(part)]
        return Said(self.forecasting, slices, TARGETS)

    def _is_past(self, part: Slice) -> bool:
        return part.dates[0] <= self.day

    # -- weights ----------------------------------------------------------------------

    @cached_property
    def _proposals(self) -> Sequence[Proposal]:
        if not self.dates:
            return ()
        return [self._proposal(model) for model in self.panels.catalog.health]

    def _proposal(self, model: HealthModel) -> Proposal:
        present = weighting_of(model)
        rows = self._of_model(model).padded(present.keys)
        return propose_weights(rows, present=present, seed=self.seed)

    def _of_model(self, model: HealthModel) -> Landmarks:
        """Return the rows of the customers that a model scores."""
        if len(self.panels.catalog.health) == 1:
            return self.landmarks
        columns = Columns(health=("model", *self.panels.health))
        rows = self.panels.landmarks(self.dates, columns, every=self.panels.every)
        rows = rows.known_by(day_number(self.day))
        levels = [other.key for other in self.panels.catalog.health]
        return rows.rows(rows.column("model") == levels.index(model.key))

    def _weights(self) -> pa.Table:
        rows = [row for proposal in self._proposals for row in proposal.elements]
        return placed_table(rows, ElementWeight)

    def _weights_judged(self) -> pa.Table:
        rows = [row for proposal in self._proposals for row in proposal.judged]
        return placed_table(rows, JudgedWeights)


def _is_of_parts(outcome: Outcome, subject: Subject) -> bool:
    """Return whether each part of the customers is judged, or only all together."""
    return outcome.key == "churn" or subject.kind not in ("forecast", "rule")


def _health_kind(key: str) -> Kind:
    if key == "score":
        return "score"
    return "element" if "." in key else "dimension"


def _kind_of(metric: Metric) -> str:
    if isinstance(metric, AttributeMetric):
        return "attribute"
    table = getattr(metric, "table", None)
    of_survey = isinstance(metric, LastMetric) or table == "responses"
    if table == "responses" and of_survey:
        return "survey"
    return "milestone" if table == "milestones" else "metric"
