"""What is fitted on features before a model: blanks, limits, levels, drops."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.card import FeatureNote
from banso.analytics.panel.blanks import blank_codes
from banso.analytics.panel.landmarks import Feature, Landmarks

Floats = NDArray[np.float64]
MOST_ROWS = 200_000  # enough for quantiles
MOSTLY_MISSING = 0.95
RARE_LEVEL = 0.01
MOST_LEVELS = 100
TAIL = 0.005  # of the rows, on each side, whose numbers are pulled in
DAYS_TO_RENEWAL = "days_to_renewal"
FARTHEST = 36_525.0  # days to a renewal
TENURE = "tenure_days"  # always in the baseline, so never a feature as well


@dataclass(frozen=True)
class NumberColumn:
    """How a number is read."""

    key: str
    blanks: tuple[float, ...]  # values that mean "not known"
    low: float  # smaller numbers count as this one
    high: float

    def read(self, raw: Floats, feature: Feature) -> Floats:
        """Return the numbers, with NaN for what is not known."""
        assert feature.kind == "number"
        values = np.clip(raw, self.low, self.high)
        blank = np.isin(raw, self.blanks) | ~np.isfinite(raw)
        return np.where(blank, np.nan, values)


@dataclass(frozen=True)
class CategoryColumn:
    """How a category is read: its kept levels, and one more for all others."""

    key: str
    levels: tuple[str, ...]

    def read(self, raw: Floats, feature: Feature) -> Floats:
        """Return codes of `levels`; the rare and the unseen get the next code."""
        place = {level: code for code, level in enumerate(self.levels)}
        pooled = float(len(self.levels))
        table = np.array([place.get(level, pooled) for level in feature.levels])
        known = np.isfinite(raw)
        codes = np.where(known, raw, 0).astype(np.intp)
        if len(table) == 0:
            return np.where(known, pooled, np.nan)
        inside = (codes >= 0) & (codes < len(table))
        found = np.where(inside, table[np.where(inside, codes, 0)], pooled)
        return np.where(known, found, np.nan)


Column = NumberColumn | CategoryColumn


@dataclass(frozen=True)
class Preparation:
    """The columns that a model uses, and how each is read. Fitted on training rows."""

    columns: tuple[Column, ...]
    dropped: tuple[FeatureNote, ...]
    changed: tuple[FeatureNote, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each column."""
        return tuple(column.key for column in self.columns)

    def read(self, landmarks: Landmarks) -> Floats:
        """Return the values of the columns, (n, p); NaN is not known."""
        place = {feature.key: at for at, feature in enumerate(landmarks.features)}
        values = np.empty((len(landmarks), len(self.columns)))
        for at, column in enumerate(self.columns):
            source = place[column.key]
            values[:, at] = column.read(
                landmarks.values[:, source], landmarks.features[source]
            )
        return values


def prepare(landmarks: Landmarks) -> Preparation:
    """Return how the features of training rows are to be read.

    Infinite numbers are not known. A dropped or changed feature is told with its
    reason (see ``card.FeatureNote``).
    """
    step = max(1, len(landmarks) // MOST_ROWS)
    rows = np.arange(0, len(landmarks), step)
    seen: dict[bytes, str] = {
        _fingerprint(landmarks.tenure_days[rows].astype(float)): TENURE
    }
    columns: list[Column] = []
    dropped: list[FeatureNote] = []
    changed: list[FeatureNote] = []
    for place, feature in enumerate(landmarks.features):
        raw = landmarks.values[rows, place]
        note = _why_dropped(feature, raw, seen)
        if note is not None:
            dropped.append(note)
            continue
        column, changes = _fit_column(feature, raw)
        columns.append(column)
        changed.extend(changes)
    return Preparation(tuple(columns), tuple(dropped), tuple(changed))


def _why_dropped(
    feature: Feature, raw: Floats, seen: dict[bytes, str]
) -> FeatureNote | None:
    if feature.key == TENURE:
        return FeatureNote(feature.key, "duplicate", TENURE)
    if feature.kind == "number":
        raw = np.where(np.isin(raw, blank_codes(raw)), np.nan, raw)
    known = raw[np.isfinite(raw)]
    if len(raw) == 0 or len(known) < (1 - MOSTLY_MISSING) * len(raw):
        return FeatureNote(feature.key, "mostly_missing")
    if (known == known[0]).all() and len(known) > (1 - RARE_LEVEL) * len(raw):
        return FeatureNote(feature.key, "constant")
    twin = seen.setdefault(_fingerprint(raw), feature.key)
    if twin != feature.key:
        return FeatureNote(feature.key, "duplicate", twin)
    return None


def _fingerprint(raw: Floats) -> bytes:
    """Return the bytes of a column, equal for equal values (-0.0 is 0.0)."""
    return (np.where(np.isfinite(raw), raw, np.nan) + 0.0).tobytes()


def _fit_column(feature: Feature, raw: Floats) -> tuple[Column, list[FeatureNote]]:
    if feature.kind == "category":
        return _fit_category(feature, raw)
    if feature.key == DAYS_TO_RENEWAL:  # a date: what is near or far counts as it is
        return NumberColumn(feature.key, (), 0.0, FARTHEST), []
    blanks = blank_codes(raw)
    known = raw[np.isfinite(raw) & ~np.isin(raw, blanks)]
    low, high = np.quantile(known, [TAIL, 1 - TAIL])
    if low == high:  # nearly always the same number: let the few others speak
        low, high = known.min(), known.max()
    notes = [FeatureNote(feature.key, "blank_code", f"{code:g}") for code in blanks]
    return NumberColumn(feature.key, blanks, float(low), float(high)), notes


def _fit_category(
    feature: Feature, raw: Floats
) -> tuple[CategoryColumn, list[FeatureNote]]:
    codes = raw[np.isfinite(raw)].astype(np.intp)
    counts = np.bincount(codes, minlength=len(feature.levels))[: len(feature.levels)]
    often = np.flatnonzero(counts >= RARE_LEVEL * len(raw))
    often = often[np.argsort(-counts[often], kind="stable")][:MOST_LEVELS]
    levels = tuple(feature.levels[code] for code in sorted(often))
    rare = int(np.count_nonzero(counts)) - len(levels)
    notes = [FeatureNote(feature.key, "levels_pooled", str(rare))] if rare else []
    return CategoryColumn(feature.key, levels), notes


def level_codes(column: CategoryColumn, feature: Feature) -> Mapping[float, float]:
    """Return for each code of a column its code among the feature's own levels."""
    place = {level: code for code, level in enumerate(feature.levels)}
    return {
        float(code): float(place.get(level, np.nan))
        for code, level in enumerate(column.levels)
    }
