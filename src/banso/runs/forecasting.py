"""The forecast of a run: fitted by schedule, scored on every as-of date."""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.forecasts import Target
from banso.analytics.forecast.persistence import model_from_bytes
from banso.analytics.forecast.requirements import (
    ENOUGH_DAYS,
    Unfit,
    missing_needs,
)
from banso.analytics.panel.landmarks import Landmarks
from banso.analytics.panel.moves import until_move
from banso.kernel.days import SUNDAY, refit_day
from banso.kernel.digests import digest_of_value
from banso.kernel.progress import Progress
from banso.kernel.zones import day_number
from banso.runs.derived import Recipe
from banso.runs.forecast_rows import (
    Chances,
    card_rows,
    grid_rows,
)
from banso.runs.gridding import Slice
from banso.runs.panel_columns import Columns
from banso.runs.panel_past import Past
from banso.runs.panels import Panels, People
from banso.warehouse.manifest import Part

FORECAST_GRID: Final = "forecast_grid"
FORECAST_MODELS: Final = "forecast_models"
VERSION: Final = 9  # of what is computed here and in analytics.forecast
MOVES_DAYS: Final = 470  # five quarters before the newest fit
TARGETS: Final[tuple[Target, ...]] = ("churn", "expansion", "contraction")

Model = Forecaster | Unfit


@dataclass
class Forecasting:
    """The models of a run, and what they say of each date.

    A date is scored by the model that was fitted on what was known before its month
    (or quarter) began; so every forecast of the past is out of time, and stays as it
    was said.
    """

    panels: Panels
    past: Past
    seed: int

    # -- models -----------------------------------------------------------------------

    def fitted_on(self, date: dt.date, target: Target = "churn") -> dt.date:
        """Return the day by which everything was known to the model of a date.

        Moves of MRR are fitted by the quarter whatever the schedule: who reads them
        plans by the quarter, and each target costs as much as churn does.

        A history that is not followed for half a year by the day of the schedule would
        say nothing until the next quarter, whatever has happened since. So a date of
        its first half-year knows the day itself, and the first Sunday on which half a
        year was followed stands in for the schedule until the quarter ends.
        """
        rules = self.panels.catalog.forecast
        by_quarter = target != "churn" or rules.refit == "quarterly"
        scheduled = refit_day(date, quarterly=by_quarter)
        if scheduled >= self.grown_on or date < self.panels.watched[0]:
            return scheduled
        if date >= self.grown_on:
            return self.grown_on
        return date if target == "churn" else scheduled

    @cached_property
    def grown_on(self) -> dt.date:
        """The first Sunday on which half a year was followed."""
        day = self.panels.watched[0] + dt.timedelta(days=ENOUGH_DAYS)
        return day + dt.timedelta(days=(SUNDAY - day.weekday()) % 7)

    def fits(self, dates: Iterable[dt.date]) -> Sequence[tuple[dt.date, Target]]:
        """Return which models score some dates: day of the fit, and target.

        Moves of MRR are said only of the last quarters: enough to judge them by a
        year ahead, and no customer's page shows more of their past.
        """
        newest = self.fitted_on(self.panels.as_of, "expansion")
        since = newest - dt.timedelta(days=MOVES_DAYS)
        found = {
            (self.fitted_on(date, target), target)
            for date in dates
            for target in TARGETS
        }
        return sorted(
            (fit for fit in found if fit[1] == "churn" or fit[0] >= since),
            key=lambda fit: (fit[0], TARGETS.index(fit[1])),
        )

    def model_parts(self, progress: Progress) -> tuple[Part, ...]:
        """Return one file for each fit: its model card and the model."""
        wishes = self.fits(self.panels.gridded.dates)
        parts = []
        for done, (day, target) in enumerate(wishes):
            progress("forecast", done, len(wishes))
            recipe = self._model_recipe(day, target)
            parts.append(
                self.panels.kitchen.table_part(
                    recipe, partial(self._fitted, day, target)
                )
            )
        progress("forecast", len(wishes), len(wishes))
        return tuple(parts)

    def model(self, date: dt.date, target: Target) -> Model:
        """Return the model that scores a date, as it was stored."""
        return self._stored(self.fitted_on(date, target), target)

    def _stored(self, day: dt.date, target: Target) -> Model:
        if (day, target) not in self._models:
            recipe = self._model_recipe(day, target)
            part = self.panels.kitchen.table_part(
                recipe, lambda: self._fitted(day, target)
            )
            path = self.panels.kitchen.session.lake.folder / part.path
            content = pq.read_table(path, columns=["model"])["model"][0].as_py()
            self._models[day, target] = model_from_bytes(content)
        return self._models[day, target]

    @cached_property
    def _models(self) -> dict[tuple[dt.date, Target], Model]:
        return {}

    def _model_recipe(self, day: dt.date, target: Target) -> Recipe:
        return Recipe(
            name=FORECAST_MODELS,
            slice=f"{target}-{day}",
            inputs={"version": VERSION, "seed": self.seed, "past": self._past(day)},
            order_by=("fitted_on", "target"),
        )

    def _past(self, day: dt.date) -> object:
        if day not in self._pasts:
            self._pasts[day] = digest_of_value(self.past.up_to(day))
        return self._pasts[day]

    @cached_property
    def _pasts(self) -> dict[dt.date, str]:
        return {}

    def _fitted(self, day: dt.date, target: Target) -> pa.Table:
        # What is missing can be seen without the features, which take long to copy.
        known = self._known_by(day, target, self._history.only(()))
        if not missing_needs(known):
            known = self._known_by(day, target, self._history)
        return card_rows(fit_forecast(known, target=target, seed=self.seed), day)

    def _known_by(self, day: dt.date, target: Target, history: Landmarks) -> Landmarks:
        landmarks = history.known_by(day_number(day)).with_levels_in_use()
        if target == "churn":
            return landmarks
        rose = target == "expansion"
        return until_move(landmarks, self.panels.moves, rose=rose)

    @cached_property
    def _history(self) -> Landmarks:
        """Every landmark that any fit of this run may use."""
        last = max(self.fitted_on(date) for date in self.panels.gridded.dates)
        dates = [date for date in self.panels.watched if date <= last]
        return self.panels.landmarks(
            dates or self.panels.gridded.dates[:1],
            self.panels.usable,
            every=self.panels.every,
        )

    # -- dates ------------------------------------------------------------------------

    def grid_parts(self, progress: Progress) -> tuple[Part, ...]:
        """Return the chances of everybody on every date, one file for each slice."""
        slices, kitchen = self.panels.gridded.slices, self.panels.kitchen
        recipes = [self.grid_recipe(each) for each in slices]
        missing = [
            each
            for each, recipe in zip(slices, recipes, strict=True)
            if not kitchen.has(recipe)
        ]
        people = self._people_of(missing)
        parts = []
        for done, (each, recipe) in enumerate(zip(slices, recipes, strict=True)):
            progress("chances", done, len(slices))
            scored = partial(self._scored, each, people)
            parts.append(kitchen.table_part(recipe, scored))
        progress("chances", len(slices), len(slices))
        return tuple(parts)

    def _people_of(self, slices: Sequence[Slice]) -> Iterator[People]:
        """Yield everybody of each slice, with features where a model reads them.

        A rate knows tenure alone: in years of which no leaving is known, everything
        else would be read for nothing.
        """
        for is_read, some in itertools.groupby(slices, key=self._has_model):
            columns = self.panels.usable if is_read else Columns()
            yield from self.panels.people_of(list(some), columns)

    def _has_model(self, each: Slice) -> bool:
        """Return whether any date of a slice is scored by more than a rate."""
        models = (self._stored(day, target) for day, target in self.fits(each.dates))
        return any(isinstance(model, Forecaster) for model in models)

    def grid_recipe(self, each: Slice) -> Recipe:
        """Return what the chances of a slice are made from."""
        return Recipe(
            name=FORECAST_GRID,
            slice=each.name,
            inputs={
                "version": VERSION,
                "dates": [date.isoformat() for date in each.dates],
                "models": [
                    self._model_recipe(day, target).made_from
                    for day, target in self.fits(each.dates)
                ],
                "past": self._past(each.dates[-1]),
            },
            order_by=("customer_id", "as_of"),
        )

    def _scored(self, each: Slice, people_of: Iterator[People]) -> pa.Table:
        people = next(people_of)  # of this slice: they come in the order of slices
        chances: dict[str, Chances] = {
            target: self._by_fit(people, each, target) for target in TARGETS
        }
        return grid_rows(people, chances)

    def _by_fit(self, people: People, each: Slice, target: Target) -> Chances:
        """Score each row by the model of its date."""
        landmarks, currency = people.landmarks, people.currency
        rows = Chances.empty(len(landmarks))
        for day, fitted in self.fits(each.dates):
            if fitted != target:
                continue
            dates = [d for d in each.dates if self.fitted_on(d, target) == day]
            mine = np.flatnonzero(
                np.isin(landmarks.as_of, [day_number(date) for date in dates])
            )
            model = self.model(dates[0], target)
            rows.put(mine, model.probabilities(landmarks.rows(mine)), model.reason)
            if target != "churn":
                rows.size[mine] = self._sizes(currency[mine], day, target)
        return rows

    def _sizes(
        self, currency: NDArray[np.object_], day: dt.date, target: Target
    ) -> NDArray[np.float64]:
        """Return by which share MRR moves when it does, as known on the fit's day."""
        known = self.panels.moves.sizes(
            rose=target == "expansion", known_by=day_number(day)
        )
        return np.array([known.get(name, np.nan) for name in currency], np.float64)
