"""How far the forecast of a run has drifted since its fit, and its schedule."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa

from banso.analytics.forecast.drift import (
    calibration_since,
    population_shifts,
    windows,
)
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.forecasts import HORIZONS
from banso.analytics.panel.landmarks import Landmarks
from banso.kernel.days import SUNDAY, next_refit
from banso.kernel.zones import day_number, day_of_number
from banso.runs.derived import Recipe
from banso.runs.forecast_said import Said
from banso.runs.forecasting import Forecasting
from banso.runs.gridding import Slice
from banso.runs.panel_columns import Columns
from banso.runs.row_tables import placed_table
from banso.warehouse.manifest import JSON, Part

FORECAST_DRIFT: Final = "forecast_drift"
VERSION: Final = 2  # of what is computed here and in analytics.forecast.drift
LATELY_WEEKS: Final = 13  # whose customers are compared with those of the fit
LOOK_BACK_DAYS: Final = 730  # fits before that are told of no more


@dataclass(frozen=True)
class DriftRow:
    """One feature's move since the fit in use, or how one fit's chances held."""

    as_of: dt.date  # the last Sunday: drift is watched weekly
    fitted_on: dt.date
    kind: str  # feature | calibration
    feature: str | None  # of kind feature
    horizon_days: int | None  # of kind calibration
    psi: float | None  # population stability index of the last 13 weeks
    psi_before: float | None  # the same of the 13 weeks before the fit
    then: float | None  # median at the fit; null for categories
    now: float | None  # median of the last 13 Sundays
    expected: float | None  # customers who were said to leave
    observed: int | None  # customers who left
    ratio: float | None  # observed / expected, with its 95 % interval
    low: float | None
    high: float | None
    n: int  # customers
    reason: str | None  # why there is no number
    verdict: str | None  # little | as_before | some | much; as_expected | more | fewer


@dataclass
class ForecastDrift:
    """What has moved since the fit in use, and how the fits so far held.

    It is told as of the last Sunday. A fit knows Sundays: in the middle of a week, or
    at one end of a month, other numbers of days since something are usual, and nothing
    has moved. So the runs of a week find one file.
    """

    forecasting: Forecasting

    @cached_property
    def day(self) -> dt.date:
        """The last Sunday of the history; before the first, its last date."""
        sundays = [date for date in self._dates if date.weekday() == SUNDAY]
        return sundays[-1] if sundays else self.forecasting.panels.as_of

    @property
    def _dates(self) -> Sequence[dt.date]:
        return self.forecasting.panels.gridded.dates

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the file of ``forecast_drift``."""
        panels = self.forecasting.panels
        recipe = Recipe(
            name=FORECAST_DRIFT,
            slice=self.day.isoformat(),
            inputs={
                "version": VERSION,
                "fitted_on": self._fitted_on.isoformat(),
                "past": self.forecasting.past.up_to(self.day),
                "chances": [
                    self.forecasting.grid_recipe(part).made_from
                    for part in self._slices
                ],
            },
            order_by=("place",),
        )
        return {FORECAST_DRIFT: (panels.kitchen.table_part(recipe, self._rows),)}

    def schedule(self) -> dict[str, JSON]:
        """Return when the forecast was fitted, by which rule, and when it will be."""
        panels = self.forecasting.panels
        every = panels.catalog.forecast.refit
        following = next_refit(panels.as_of, quarterly=every == "quarterly")
        return {
            "refit": every,
            "fitted_on": self.forecasting.fitted_on(panels.as_of).isoformat(),
            "next_from": following.isoformat(),
            "next_fitted_on": self.forecasting.fitted_on(following).isoformat(),
        }

    def _rows(self) -> pa.Table:
        rows = [*self._features(), *self._calibrations()]
        return placed_table(rows, DriftRow)

    def _features(self) -> Iterator[DriftRow]:
        model = self.forecasting.model(self.forecasting.panels.as_of, "churn")
        if not isinstance(model, Forecaster):
            return
        lately, before = (self._weeks_up_to(day) for day in (self.day, self._fitted_on))
        for shift in population_shifts(model, lately, before):
            yield DriftRow(
                as_of=self.day,
                fitted_on=self._fitted_on,
                kind="feature",
                feature=shift.key,
                horizon_days=None,
                psi=shift.psi,
                psi_before=shift.psi_before,
                then=shift.then,
                now=shift.now,
                expected=None,
                observed=None,
                ratio=None,
                low=None,
                high=None,
                n=shift.n,
                reason=shift.reason,
                verdict=shift.verdict,
            )

    def _weeks_up_to(self, last: dt.date) -> Landmarks:
        """Return the customers of the weeks before a day, on Sundays."""
        panels = self.forecasting.panels
        before = [date for date in self._dates if date <= last]
        sundays = [date for date in before if date.weekday() == SUNDAY]
        chosen = sundays[-LATELY_WEEKS:]
        return panels.landmarks(chosen, panels.usable, every=panels.every)

    @property
    def _fitted_on(self) -> dt.date:
        """The day by which everything was known to the fit in use."""
        return self.forecasting.fitted_on(self.forecasting.panels.as_of)

    def _calibrations(self) -> Iterator[DriftRow]:
        """Yield for each fit, the newest first, how its chances have held so far."""
        rows = self._followed
        if rows is None:
            return
        days, date = np.unique(rows.as_of, return_inverse=True)
        fits = np.array([self._fit_of(day) for day in days.tolist()], np.int64)[date]
        for fit in sorted(set(fits.tolist()), reverse=True):
            mine = rows.rows(fits == fit)
            for horizon in HORIZONS:
                # A rate by tenure is no model, and drifts from nothing.
                chances = self._said.of(mine, "churn", horizon, by_model=True)
                if np.isfinite(chances).any():
                    yield self._calibration(mine, chances, fit, horizon)

    def _calibration(
        self, rows: Landmarks, chances: np.ndarray, fit: int, horizon: int
    ) -> DriftRow:
        kept = calibration_since(rows, chances, horizon=horizon)
        return DriftRow(
            as_of=self.day,
            fitted_on=day_of_number(fit),
            kind="calibration",
            feature=None,
            horizon_days=horizon,
            psi=None,
            psi_before=None,
            then=None,
            now=None,
            expected=kept.expected,
            observed=None if kept.expected is None else kept.observed,
            ratio=kept.ratio.value,
            low=kept.ratio.low,
            high=kept.ratio.high,
            n=kept.ratio.n,
            reason=kept.ratio.reason,
            verdict=kept.verdict,
        )

    def _fit_of(self, day: int) -> int:
        return day_number(self.forecasting.fitted_on(day_of_number(day)))

    @cached_property
    def _slices(self) -> Sequence[Slice]:
        first = self.day - dt.timedelta(days=LOOK_BACK_DAYS)
        slices = self.forecasting.panels.gridded.slices
        return [part for part in slices if first <= part.dates[-1] <= self.day]

    @cached_property
    def _said(self) -> Said:
        return Said(self.forecasting, self._slices, ("churn",))

    @cached_property
    def _followed(self) -> Landmarks | None:
        """Those of the dates whose horizons follow one another; None without any."""
        panels = self.forecasting.panels
        until = day_number(self.day)
        by_fit: dict[int, list[int]] = {}
        for date in (date for part in self._slices for date in part.dates):
            day = day_number(date)
            by_fit.setdefault(self._fit_of(day), []).append(day)
        chosen = {
            day
            for days in by_fit.values()
            for horizon in HORIZONS
            for day in windows(
                np.array(days, np.int32), horizon=horizon, seen_until=until
            ).tolist()
        }
        # The fit in use is told of even before any of its dates was followed.
        dates = sorted({day_of_number(day) for day in chosen} | {self.day})
        found = panels.landmarks(dates, Columns()).known_by(until)
        return found if len(found) else None
