"""How the values of metrics and the points of health are spread over the customers."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from banso.runs.gridding import HEALTH_GRID, METRIC_GRID
from banso.runs.project import Project
from banso.runs.results import open_session
from banso.warehouse.lake import NoSuchVersion
from banso.warehouse.manifest import Manifest, Release

Floats = npt.NDArray[np.float64]
BINS = 20
POINT_BINS = 10
_NOT_VALUES = {"customer_id", "as_of", "tenure_days"}
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Bin:
    """How many values lie in ``[low, high)``."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Distribution:
    """The spread of one value over the customers of one day."""

    n: int  # customers that have a value
    undefined: int  # customers that have none
    quartiles: tuple[float, float, float] | None  # null without a value
    bins: tuple[Bin, ...] = ()
    is_cut: bool = False  # the last bin also holds everything above it


@dataclass(frozen=True)
class ElementSpread:
    """The points of one element of health now."""

    points: Distribution
    reasons: Mapping[str, int]  # customers without points, by reason


@dataclass(frozen=True)
class ModelSpread:
    """What one health model gives now."""

    customers: int
    bands: Mapping[str, int]
    scores: Distribution
    coverage: float | None  # the median
    elements: Mapping[tuple[str, str], ElementSpread]  # by dimension and element


def metric_distributions(
    project: Project, manifest: Manifest
) -> Mapping[str, Distribution]:
    """Return the spread of every metric over the customers of the newest release.

    Empty before the first run. A metric that was off then is not in it.
    """
    if manifest.release is None:
        return {}
    return _metrics(project, _Newest(manifest))


def health_spreads(project: Project, manifest: Manifest) -> Mapping[str, ModelSpread]:
    """Return the spread of scores and points of every health model by its key."""
    if manifest.release is None:
        return {}
    return _health(project, _Newest(manifest))


def distribution(values: Floats, *, undefined: int) -> Distribution:
    """Return how `values` (none of them NaN) are spread, in bins of round widths.

    A tail of less than a hundredth that would flatten everything else is put into the
    last bin.
    """
    if not values.size:
        return Distribution(0, undefined, None)
    q1, median, q3, most = np.quantile(values, [0.25, 0.5, 0.75, 0.99])
    low, high = float(values.min()), float(values.max())
    is_cut = bool(high - low > 3 * (most - low) > 0)
    edges = _edges(low, float(most) if is_cut else high, values)
    counts, _ = np.histogram(np.minimum(values, np.nextafter(edges[-1], low)), edges)
    bins = zip(edges[:-1], edges[1:], counts, strict=True)
    return Distribution(
        n=int(values.size),
        undefined=undefined,
        quartiles=(float(q1), float(median), float(q3)),
        bins=tuple(Bin(float(a), float(b), int(n)) for a, b, n in bins),
        is_cut=is_cut,
    )


@dataclass(frozen=True, eq=False)
class _Newest:
    """A manifest that is told from others by its newest release alone."""

    manifest: Manifest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Newest) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def release(self) -> Release:
        """The newest release."""
        if self.manifest.release is None:
            raise NoSuchVersion("Nothing was released yet.")
        return self.manifest.release

    @property
    def _key(self) -> tuple[str, str]:
        return (self.release.release_id, self.release.made_at.isoformat())


@lru_cache(maxsize=4)  # a release never changes
def _metrics(project: Project, newest: _Newest) -> Mapping[str, Distribution]:
    grid = _rows_now(project, newest, METRIC_GRID)
    if grid is None:
        return {}
    return MappingProxyType(
        {
            name: _spread(grid.column(name))
            for name in grid.column_names
            if name not in _NOT_VALUES
        }
    )


@lru_cache(maxsize=4)
def _health(project: Project, newest: _Newest) -> Mapping[str, ModelSpread]:
    grid = _rows_now(project, newest, HEALTH_GRID)
    if grid is None:
        return {}
    models = grid.column("model").to_numpy(zero_copy_only=False)
    return {
        model: _model_spread(grid.filter(pa.array(models == model)), model)
        for model in sorted({name for name in models if name})
    }


def _rows_now(project: Project, newest: _Newest, table: str) -> pa.Table | None:
    release = newest.release
    if not release.tables.get(table):
        return None
    with open_session(project, newest.manifest, memory="1GB", threads=1) as session:
        rows = session.result(table)
        return session.to_arrow(rows.filter(rows.as_of == release.as_of))


def _model_spread(rows: pa.Table, model: str) -> ModelSpread:
    coverage = _floats(rows.column("coverage"))
    bands = rows.column("band").to_pylist()
    elements: dict[tuple[str, str], ElementSpread] = {}
    for name in rows.column_names:
        key, _, rest = name.partition(".")
        if key == model and rest.endswith(".score"):
            dimension, element, _what = rest.split(".")
            reasons = rows.column(f"{model}.{dimension}.{element}.reason")
            elements[dimension, element] = ElementSpread(
                points=_points(rows.column(name)),
                reasons=_counted(reasons.to_pylist()),
            )
    return ModelSpread(
        customers=rows.num_rows,
        bands=_counted(bands),
        scores=_points(rows.column("score")),
        coverage=float(np.median(coverage)) if coverage.size else None,
        elements=elements,
    )


def _counted(words: Iterable[str | None]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        if word is not None:
            counts[word] = counts.get(word, 0) + 1
    return counts


def _spread(column: pa.ChunkedArray) -> Distribution:
    values = _floats(column)
    return distribution(values, undefined=len(column) - values.size)


def _points(column: pa.ChunkedArray) -> Distribution:
    """Return the spread of points, always in tens from 0 to 100."""
    values = _floats(column)
    undefined = len(column) - values.size
    if not values.size:
        return Distribution(0, undefined, None)
    edges = np.linspace(0, 100, POINT_BINS + 1)
    counts, _ = np.histogram(values, edges)
    q1, median, q3 = (float(q) for q in np.quantile(values, [0.25, 0.5, 0.75]))
    bins = zip(edges[:-1], edges[1:], counts, strict=True)
    return Distribution(
        n=int(values.size),
        undefined=undefined,
        quartiles=(q1, median, q3),
        bins=tuple(Bin(float(a), float(b), int(n)) for a, b, n in bins),
    )


def _floats(column: pa.ChunkedArray) -> Floats:
    numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    values: Floats = np.asarray(numbers, dtype=np.float64)
    known: Floats = values[~np.isnan(values)]
    return known


def _edges(low: float, high: float, values: Floats) -> Floats:
    """Return round edges that hold everything from `low` to `high`."""
    span = high - low
    is_whole = bool((values == np.floor(values)).all())
    step = _nice(span / BINS) if span > 0 else max(abs(low) / 10, 1.0)
    if is_whole:
        step = max(1.0, math.ceil(step))
    first = math.floor(low / step)
    last = max(math.floor(high / step) + 1, first + 1)
    edges: Floats = np.arange(first, last + 1, dtype=np.float64) * step
    return edges


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * nice for nice in _NICE if power * nice >= step * 0.999)
