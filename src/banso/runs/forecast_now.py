"""The forecast of the last date, told in more detail: why, and by the next renewal."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.forecasts import Target
from banso.kernel.digests import digest_of_value
from banso.kernel.zones import day_number
from banso.runs.derived import Recipe
from banso.runs.forecast_rows import REASONS, Told, reason_rows, renewal_rows
from banso.runs.forecasting import TARGETS, VERSION, Forecasting
from banso.runs.panel_columns import Columns
from banso.runs.panels import People
from banso.warehouse.manifest import Part

FORECAST_REASONS: Final = "forecast_reasons"
FORECAST_RENEWALS: Final = "forecast_renewals"
MOST_REASONS: Final = 6
BEFORE_DAYS: Final = 28


@dataclass
class ForecastNow:
    """What is told of the last as-of date only."""

    forecasting: Forecasting

    def parts(self) -> dict[str, tuple[Part, ...]]:
        """Return the files of reasons and of renewals."""
        return {
            FORECAST_REASONS: (
                self._part(FORECAST_REASONS, ("customer_id", "target", "rank")),
            ),
            FORECAST_RENEWALS: (self._part(FORECAST_RENEWALS, ("customer_id",)),),
        }

    def _part(self, name: str, order_by: tuple[str, ...]) -> Part:
        panels = self.forecasting.panels
        recipe = Recipe(
            name=name,
            slice=panels.as_of.isoformat(),
            inputs={
                "version": VERSION,
                "chances": digest_of_value(
                    self.forecasting.grid_recipe(panels.gridded.slices[-1]).made_from
                ),
            },
            order_by=order_by,
        )
        rows = self._reasons if name == FORECAST_REASONS else self._renewals
        return panels.kitchen.table_part(recipe, rows)

    @cached_property
    def _people(self) -> People:
        panels = self.forecasting.panels
        last = panels.gridded.slices[-1]
        assert len(last.dates) == 1, "each date of the running month is a slice"
        return panels.people(last, panels.usable)

    def _reasons(self) -> pa.Table:
        return pa.concat_tables([self._reasons_of(target) for target in TARGETS])

    def _reasons_of(self, target: Target) -> pa.Table:
        panels = self.forecasting.panels
        model = self.forecasting.model(panels.as_of, target)
        landmarks = self._people.landmarks
        if not isinstance(model, Forecaster) or not len(landmarks):
            return REASONS.empty_table()
        found = model.contributions(landmarks)
        told = Told(
            customer_ids=self._people.rows["customer_id"]
            .filter(pa.array(self._people.is_undecided))
            .to_pylist(),
            as_of=panels.as_of,
            target=target,
            before=self._before(found.keys),
        )
        features = {feature.key: feature for feature in landmarks.features}
        return reason_rows(found, told, features, most=MOST_REASONS)

    def _before(self, keys: tuple[str, ...]) -> NDArray[np.float64]:
        """Return the values of about four weeks ago, for the rows of today."""
        panels, today = self.forecasting.panels, self._people.landmarks
        then = panels.as_of - dt.timedelta(days=BEFORE_DAYS)
        earlier = [date for date in panels.gridded.dates if date <= then]
        values = np.full((len(today), len(keys)), np.nan)
        metrics = [key for key in keys if key in panels.usable.metrics]
        if not earlier or not metrics:
            return values
        past = panels.landmarks(earlier[-1:], Columns(metrics=tuple(metrics)))
        place = np.searchsorted(past.customer, today.customer)
        inside = np.minimum(place, max(len(past) - 1, 0))
        there = (place < len(past)) & (past.customer[inside] == today.customer)
        for column, key in enumerate(keys):
            if key in metrics:
                values[there, column] = past.column(key)[inside[there]]
        return values

    def _renewals(self) -> pa.Table:
        panels = self.forecasting.panels
        model = self.forecasting.model(panels.as_of, "churn")
        landmarks = self._people.landmarks
        days = np.nan_to_num(landmarks.column("days_to_renewal"), nan=-1).astype(int)
        found = model.probabilities_at(landmarks, days)
        return renewal_rows(self._people, found, model.reason, day_number(panels.as_of))
