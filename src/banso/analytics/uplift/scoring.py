"""An order of customers by how much a treatment may help them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import Feature
from banso.analytics.uplift.arms import Arms

Floats = NDArray[np.float64]

RARE = 10  # customers; rarer levels are taken together
QUANTILES = 100


class _Reading(Protocol):
    def transform(self, values: Floats) -> Floats: ...


class _Line(Protocol):
    def predict(self, columns: Floats) -> Floats: ...


@dataclass(frozen=True, eq=False)
class Scoring:
    """What was learned of a treatment's effect; it may be asked of other customers."""

    reading: _Reading
    line: _Line

    def of(self, values: Floats) -> Floats:
        """Return what the treatment is expected to add for each customer, (n,).

        In the unit of the outcome, shrunk towards what it adds for all: an order, not
        a promise. `values` are as in `Arms`.
        """
        return self.line.predict(self.reading.transform(values))


def fitted_scoring(arms: Arms) -> Scoring:
    """Return what the arms teach of whom the treatment helps.

    What the features say of the outcome itself is taken away by a ridge regression;
    the rest, weighted by the lot, is each customer's effect plus noise, and a second
    ridge regression says how it goes with the features. How strong either is follows
    from the data (the evidence: MacKay 1992).

    Notes
    -----
    Source: Nie & Wager (2021), Biometrika 108:299, with linear models and a known
    chance to be treated. On the trial of Hillstrom it does as well as gradient boosting
    (benchmarks/hillstrom.py).

    """
    reading = column_reading(arms.values, arms.features)
    return Scoring(reading, fitted_line(arms, reading.transform(arms.values)))


def fitted_line(arms: Arms, columns: Floats) -> _Line:
    """Return how the effect goes with standardised columns, (n, k)."""
    from sklearn.linear_model import BayesianRidge  # noqa: PLC0415 - slow to import

    if not columns.shape[1]:
        return _Level(0.0)
    line: _Line = BayesianRidge().fit(columns, effects_with_noise(arms, columns))
    return line


def effects_with_noise(arms: Arms, columns: Floats) -> Floats:
    """Return for each customer a number whose mean is the effect, (n,).

    ``(y - m(x)) (t - e) / (e (1 - e))``, where ``m`` foretells the outcome and ``e`` is
    the chance to be treated.
    """
    from sklearn.linear_model import BayesianRidge  # noqa: PLC0415

    level: _Line = _Level(float(arms.outcome.mean()))
    if columns.shape[1]:
        level = BayesianRidge().fit(columns, arms.outcome)
    lot = (arms.treated - arms.chance) / (arms.chance * (1 - arms.chance))
    return np.asarray((arms.outcome - level.predict(columns)) * lot, np.float64)


def column_reading(values: Floats, features: Sequence[Feature]) -> _Reading:
    """Return how features become standardised columns without gaps.

    A number counts by its rank among the customers, so that a few large ones do not
    decide; where it is unknown it is in the middle, and a column says so. A category
    has a column for each level; unknown is a level.
    """
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415
    from sklearn.feature_selection import VarianceThreshold  # noqa: PLC0415
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import (  # noqa: PLC0415
        OneHotEncoder,
        QuantileTransformer,
        StandardScaler,
    )

    if not _varies(_finite(values)):
        return _Nothing()
    known = [bool(np.isfinite(column).any()) for column in values.T]
    numbers = [i for i, f in enumerate(features) if f.kind == "number" and known[i]]
    codes = [i for i, f in enumerate(features) if f.kind == "category" and known[i]]
    ranks = QuantileTransformer(n_quantiles=min(QUANTILES, len(values)), subsample=None)
    gaps = SimpleImputer(strategy="median", add_indicator=True)
    levels = OneHotEncoder(
        min_frequency=RARE,
        handle_unknown="infrequent_if_exist",
        sparse_output=False,
    )
    columns = ColumnTransformer(
        [("numbers", make_pipeline(ranks, gaps), numbers), ("codes", levels, codes)]
    )
    together = make_pipeline(columns, VarianceThreshold(), StandardScaler())
    return _Columns(together.fit(_finite(values)))


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def _varies(values: Floats) -> bool:
    return any(len(np.unique(column)) > 1 for column in values.T)


@dataclass(frozen=True, eq=False)
class _Columns:
    """A fitted pipeline, for which infinite is unknown."""

    pipeline: _Reading

    def transform(self, values: Floats) -> Floats:
        found = self.pipeline.transform(_finite(values))
        return np.asarray(found, dtype=np.float64)


class _Nothing:
    """The reading of features that tell nobody apart."""

    def transform(self, values: Floats) -> Floats:
        return np.zeros((len(values), 0))


@dataclass(frozen=True)
class _Level:
    """The line that is the same for all."""

    value: float

    def predict(self, columns: Floats) -> Floats:
        return np.full(len(columns), self.value)
