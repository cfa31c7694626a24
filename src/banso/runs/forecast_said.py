"""What forecasts said on dates of the past, as the run stored it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.forecast.forecasts import HORIZONS, Target
from banso.analytics.panel.landmarks import Landmarks
from banso.runs.forecasting import Forecasting
from banso.runs.gridding import Slice
from banso.warehouse.manifest import Part

_DAYS = 1 << 32  # a customer's number and a day make one key


@dataclass
class Said:
    """Chances as they were said, for the rows of slices that were scored before."""

    forecasting: Forecasting
    slices: Sequence[Slice]
    targets: Sequence[Target]

    def of(
        self, rows: Landmarks, target: Target, horizon: int, *, by_model: bool = False
    ) -> NDArray[np.float64]:
        """Return the chance of each row within a horizon; NaN where none was said.

        Who has given notice has decided: nothing is said of them here. With
        `by_model` nothing is said either where a rate stood in for a model.
        """
        found = self._found
        keys = rows.customer * _DAYS + rows.as_of
        place = np.searchsorted(found["key"], keys)
        inside = np.minimum(place, max(len(found["key"]) - 1, 0))
        if not len(found["key"]):
            return np.full(len(rows), np.nan)
        there = (place < len(found["key"])) & (found["key"][inside] == keys)
        if by_model:
            there &= found["is_model"][inside]
        return np.where(there, found[f"{target}_{horizon}"][inside], np.nan)

    @cached_property
    def _found(self) -> Mapping[str, NDArray[Any]]:
        panels = self.forecasting.panels
        columns = [f"{target}_{days}" for target in self.targets for days in HORIZONS]
        if not self.slices:
            return {name: np.empty(0) for name in ("key", "is_model", *columns)}
        rows = panels.kitchen.table(self._parts())
        rows = rows.filter(rows.basis != "notice")
        found = panels.kitchen.session.to_arrow(
            rows.select(
                "customer_id", "as_of", *columns, is_model=rows.basis == "model"
            )
        )
        days = np.asarray(found["as_of"].cast(pa.int32()), dtype=np.int64)
        key = panels.number_of(found["customer_id"]) * _DAYS + days
        order = np.argsort(key, kind="stable")
        said: dict[str, NDArray[Any]] = {"key": key[order].astype(np.int64)}
        said["is_model"] = np.asarray(found["is_model"])[order]
        for column in columns:
            values = pc.fill_null(found[column].cast("float64"), np.nan)
            said[column] = np.asarray(values)[order]
        return said

    def _parts(self) -> list[Part]:
        kitchen = self.forecasting.panels.kitchen
        recipes = [self.forecasting.grid_recipe(part) for part in self.slices]
        return [kitchen.table_part(recipe, _made_before) for recipe in recipes]


def _made_before() -> pa.Table:
    raise AssertionError("every slice was scored before")
