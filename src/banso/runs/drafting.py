"""What other weights would do: which customers change band, how well the score tells.

Nothing is written: a draft is computed from the newest release.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.analytics.health import PartName
from banso.analytics.panel.landmarks import Feature, Landmarks
from banso.analytics.weights.comparing import JudgedWeights, compare_weights
from banso.analytics.weights.weighting import Weighting, rescored, weighting_of
from banso.definitions.catalog import Catalog
from banso.definitions.health import Bands, HealthModel
from banso.definitions.reweighting import with_shares
from banso.runs.gridding import HEALTH_GRID
from banso.runs.panel_columns import Columns
from banso.runs.panels import Panels
from banso.runs.project import Project
from banso.runs.reopening import RunFirst, panels_of, reopened
from banso.runs.results import lake_of, published_catalog
from banso.runs.uncollected import uncollected
from banso.warehouse.manifest import Manifest, Release
from banso.warehouse.session import Session

HORIZON_DAYS: Final = 90
MOST_MONTHS: Final = 36  # of history that a draft is judged by
MOST_ROWS: Final = 400_000  # customers × months; beyond, some months are left out
MOST_LISTED: Final = 1_000
BANDS: Final = ("healthy", "watch", "at_risk", "unknown")
_KEY: Final = "customer_id"


@dataclass(frozen=True)
class Move:
    """A customer whom the draft puts into another band."""

    customer_id: str
    before: str  # band
    after: str
    score_before: float | None
    score_after: float | None


@dataclass(frozen=True)
class Effect:
    """What a draft of weights would do, as of one release."""

    release_id: str
    as_of: dt.date
    horizon_days: int
    bands_before: Mapping[str, int]  # customers of the model by band
    bands_after: Mapping[str, int]
    moves: Mapping[tuple[str, str], int]  # customers by band before and after
    listed: tuple[Move, ...]  # up to MOST_LISTED, the largest change of score first
    judged: tuple[JudgedWeights, ...]  # present, draft and their difference
    first_date: dt.date | None  # of the history that it was judged by
    last_date: dt.date | None
    reason: str | None  # why nothing could be judged: no_contracts, no_follow_up

    @property
    def moved(self) -> int:
        """How many customers change their band."""
        return sum(self.moves.values())


def effect_of_weights(
    project: Project, model_key: str, shares: Mapping[str, float]
) -> Effect:
    """Return what other weights of one health model would do.

    Parameters
    ----------
    project
        Whose lake; the newest release is looked at.
    model_key
        A model of the definitions in force.
    shares
        The part of the score of each ``<dimension>.<element>``; they need not add up
        to 1.

    Returns
    -------
    Effect
        All history counts for the accuracy, also that which the weights were fitted
        on: a draft made by looking at it is judged too well.

    Raises
    ------
    RunFirst
        There is no release, or the model has changed in more than its weights since.

    Notes
    -----
    Of each month the last as-of date is looked at; with many customers every n-th
    month of each, so that the time is bounded. Checked in tests/runs/test_drafting.py.

    """
    lake = lake_of(project)
    manifest = lake.current()
    release = manifest.release
    if release is None:
        raise RunFirst("There are no results yet.", hint="Run with `banso run`.")
    released = published_catalog(lake, release.definitions_digest)
    in_force = published_catalog(lake, manifest.definitions[-1].digest)
    model = _model(in_force, model_key)
    if not _same_but_weights(model, _model(released, model_key)):
        raise RunFirst(
            f"The health model '{model_key}' has changed since the last run.",
            hint="Run with `banso run`, then draft again.",
            model=model_key,
        )
    present = weighting_of(model)
    draft = weighting_of(with_shares(model, shares))
    points = _points(_Source(project, manifest, release, released, model))
    effect = _bands_now(points, release, model, (present, draft))
    if points.history is None:
        return replace(effect, reason="no_contracts")
    if not points.history.followed(HORIZON_DAYS).any():
        return replace(effect, reason="no_follow_up")
    judged = compare_weights(
        points.history, present=present, draft=draft, horizon_days=HORIZON_DAYS
    )
    first, last = points.dates[0], points.dates[-1]
    return replace(effect, judged=judged, first_date=first, last_date=last)


@dataclass(frozen=True)
class _Source:
    """What points are read from; equal where project, release and elements are."""

    project: Project = field(compare=False)
    manifest: Manifest = field(compare=False)
    release: Release = field(compare=False)
    catalog: Catalog = field(compare=False)  # of the release
    model: HealthModel = field(compare=False)
    key: tuple[Path, str, str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        elements = weighting_of(self.model).keys
        place = self.project.folder, self.release.release_id, self.model.key, elements
        object.__setattr__(self, "key", place)


@dataclass(frozen=True)
class _Points:
    """The points of a model's elements, which no weights change."""

    ids: pa.ChunkedArray  # of the customers that it scores on the last date
    now: NDArray[np.float64]  # (customers, elements)
    history: Landmarks | None  # on `dates`; None without contracts
    dates: tuple[dt.date, ...]


@lru_cache(maxsize=2)
def _points(source: _Source) -> _Points:
    """Return the points of a release: a second draft need not read them again."""
    release, model = source.release, source.model
    with (
        uncollected(),
        reopened(source.project, source.manifest, release) as session,
    ):
        ids, now = _points_now(session, release, model)
        if not session.has("subscriptions"):
            return _Points(ids, now, None, ())
        panels = panels_of(session, release, source.catalog)
        dates = monthly_dates(panels.gridded.dates)
        return _Points(ids, now, _history(panels, model, dates), dates)


def monthly_dates(dates: Sequence[dt.date]) -> tuple[dt.date, ...]:
    """Return the last as-of date of each of the last 36 months, ascending."""
    last_of = {(date.year, date.month): date for date in sorted(dates)}
    return tuple(sorted(last_of.values()))[-MOST_MONTHS:]


def _model(catalog: Catalog, key: str) -> HealthModel:
    found = [model for model in catalog.health if model.key == key]
    if not found:
        raise RunFirst(
            f"There is no health model '{key}'.",
            hint="Look at the definitions in force.",
            model=key,
        )
    return found[0]


def _same_but_weights(model: HealthModel, other: HealthModel) -> bool:
    """Return whether two models give the same points to the same elements."""
    keys = weighting_of(model).keys
    if keys != weighting_of(other).keys:
        return False
    evenly = dict.fromkeys(keys, 1.0)
    ignored = {"bands", "label", "minimum_coverage"}
    one = with_shares(model, evenly).model_dump(exclude=ignored)
    return one == with_shares(other, evenly).model_dump(exclude=ignored)


def _history(panels: Panels, model: HealthModel, dates: Sequence[dt.date]) -> Landmarks:
    """Return the points of a model's customers on some dates of the past."""
    keys = weighting_of(model).keys
    there = tuple(key for key in panels.health if key in keys)
    several = len(panels.catalog.health) > 1
    columns = Columns(health=("model", *there) if several else there)
    rows = sum(part.rows for part in panels.gridded.health_parts)
    rows = rows * len(dates) // len(panels.gridded.dates)
    found = panels.landmarks(dates, columns, every=max(1, -(-rows // MOST_ROWS)))
    if several:
        levels = [other.key for other in panels.catalog.health]
        found = found.rows(found.column("model") == levels.index(model.key))
    return _with_all(found, keys)


def _with_all(landmarks: Landmarks, keys: Sequence[str]) -> Landmarks:
    """Return rows with all elements; one that is switched off has no points."""
    nothing = np.full(len(landmarks), np.nan)
    values = [
        landmarks.column(key) if key in landmarks.keys else nothing for key in keys
    ]
    return replace(
        landmarks,
        features=tuple(Feature(key, "number") for key in keys),
        values=np.column_stack(values),
    )


# -- today ----------------------------------------------------------------------------


def _bands_now(
    points: _Points,
    release: Release,
    model: HealthModel,
    weightings: tuple[Weighting, Weighting],
) -> Effect:
    scores = [rescored(points.now, weighting) for weighting in weightings]
    before, after = (_bands(values, model.bands) for values in scores)
    counted = Counter(zip(before.tolist(), after.tolist(), strict=True))
    return Effect(
        release_id=release.release_id,
        as_of=release.as_of,
        horizon_days=HORIZON_DAYS,
        bands_before={band: int((before == band).sum()) for band in BANDS},
        bands_after={band: int((after == band).sum()) for band in BANDS},
        moves={pair: n for pair, n in sorted(counted.items()) if pair[0] != pair[1]},
        listed=_listed(points.ids, (before, after), (scores[0], scores[1])),
        judged=(),
        first_date=None,
        last_date=None,
        reason=None,
    )


def _points_now(
    session: Session, release: Release, model: HealthModel
) -> tuple[pa.ChunkedArray, NDArray[np.float64]]:
    """Return who a model scores on the last date, and the points of its elements."""
    rows = session.parts(release.tables[HEALTH_GRID][-1:])
    rows = rows.filter(
        rows.as_of == ibis.literal(release.as_of), rows.model == model.key
    )
    names = [
        PartName(model.key, dimension, element).column("score")
        for dimension, element in weighting_of(model).places
    ]
    found = session.to_arrow(
        rows.select(_KEY, *(name for name in names if name in rows.columns)).order_by(
            _KEY
        )
    )
    nothing = np.full(len(found), np.nan)
    columns = [
        np.asarray(pc.fill_null(found[name].cast("float64"), np.nan))
        if name in found.column_names
        else nothing
        for name in names
    ]
    return found[_KEY], np.column_stack(columns)


def _bands(scores: NDArray[np.float64], bands: Bands) -> NDArray[np.str_]:
    return np.select(
        [np.isnan(scores), scores >= bands.healthy, scores >= bands.watch],
        ["unknown", "healthy", "watch"],
        "at_risk",
    )


def _listed(
    ids: pa.ChunkedArray,
    bands: tuple[NDArray[np.str_], NDArray[np.str_]],
    scores: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> tuple[Move, ...]:
    changed = np.flatnonzero(bands[0] != bands[1])
    size = np.nan_to_num(np.abs(scores[1] - scores[0])[changed], nan=np.inf)
    first = changed[np.argsort(-size, kind="stable")][:MOST_LISTED]
    return tuple(
        Move(
            customer_id=ids[int(place)].as_py(),
            before=str(bands[0][place]),
            after=str(bands[1][place]),
            score_before=_known(scores[0][place]),
            score_after=_known(scores[1][place]),
        )
        for place in first
    )


def _known(score: float) -> float | None:
    return None if np.isnan(score) else float(score)
