"""Values of a feature on a scale on which customers of a stratum can be compared."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.matching import Matched
from banso.analytics.panel.landmarks import Feature

Floats = NDArray[np.float64]

MOST_LEVELS = 12  # of a category; the rarest are taken together
FEWEST_EXPECTED = 5.0  # leavers that a level of a category must let expect
MOSTLY_MISSING = 0.9


@dataclass(frozen=True)
class FeatureScores:
    """One feature of the matched rows on which it is known: ``n`` rows, ``c`` columns.

    A number has one column: its rank on that date as a quantile of the normal
    distribution, so that neither outliers nor a change of scale over time matter; with
    two values it is 0 or 1. A category has such a column for each level but one.
    """

    feature: Feature
    rows: Matched  # (n,) the rows on which it is known
    values: Floats  # (n,) as they are; codes of a category
    columns: Floats  # (n, c) minus the mean of the stratum; scaled to deviation 1
    ranks: Floats  # (n,) of a number: mid-rank in the stratum; (0,) of a category
    missing_share: float
    reason: str | None = None
    step: float = 0.0  # between both values of a number that has two

    def only(self, kept: NDArray[np.bool_]) -> "FeatureScores":
        """Return whole strata of the rows."""
        return replace(
            self,
            rows=self.rows.only(kept),
            values=self.values[kept],
            columns=self.columns[kept],
            ranks=self.ranks[kept] if len(self.ranks) else self.ranks,
        )


def feature_scores(feature: Feature, values: Floats, matched: Matched) -> FeatureScores:
    """Return a feature of the matched rows, ready to be compared.

    Parameters
    ----------
    feature
        What the values mean.
    values
        (m,) of the matched rows; NaN and infinity are unknown.
    matched
        The rows.

    Returns
    -------
    FeatureScores
        With reason ``mostly_missing`` (90 % or more) or ``constant`` (within strata).

    """
    known = np.isfinite(values)
    missing = 1 - float(known.mean()) if len(values) else 0.0
    rows = matched if known.all() else matched.only(known)
    kept, ranks, reason = values[known], np.zeros(0), None
    raw = np.zeros((len(kept), 0))
    if missing >= MOSTLY_MISSING:
        reason = "mostly_missing"
    elif feature.kind == "category":
        raw = _dummies(kept.astype(np.intp), rows)
    else:
        order = np.argsort(kept, kind="stable")
        raw = _on_a_scale(kept, rows.date, order)[:, None]
        ranks, _ = ranks_within(kept, rows.stratum, order)
    deviations = _deviations(raw := centered(raw, rows.stratum))
    varies = deviations > 1e-9
    columns = raw[:, varies] / deviations[varies]
    if reason is None and not varies.any():
        reason = "constant"
    is_mark = reason is None and len(ranks) > 0 and _has_two_values(kept)
    step = 1 / float(deviations[0]) if is_mark else 0.0
    return FeatureScores(feature, rows, kept, columns, ranks, missing, reason, step)


def _has_two_values(values: Floats) -> bool:
    low, high = values.min(), values.max()
    return bool(((values == low) | (values == high)).all())


def _on_a_scale(
    values: Floats, groups: NDArray[np.intp], order: NDArray[np.intp]
) -> Floats:
    """Return ranks within groups as quantiles of the normal distribution (Blom)."""
    from scipy.special import ndtri  # noqa: PLC0415 -- only a run needs it

    if len(values) and _has_two_values(values):
        return np.asarray(values == values.max(), dtype=np.float64)
    ranks, sizes = ranks_within(values, groups, order)
    return np.asarray(ndtri((ranks - 0.375) / (sizes + 0.25)), dtype=np.float64)


def ranks_within(
    values: Floats, groups: NDArray[np.intp], by_value: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Return the mid-rank (from 1) of each row in its group, and the group's size.

    `by_value` is the order of the values.
    """
    # Sorting 16 bits is a radix sort, many times as quick.
    small = groups.astype(np.uint16) if groups.max(initial=0) < 2**16 else groups
    order = by_value[np.argsort(small[by_value], kind="stable")]
    sorted_values, sorted_groups = values[order], groups[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(sorted_values) != 0) | (np.diff(sorted_groups) != 0)
    starts = np.flatnonzero(first)
    lengths = np.diff(np.append(starts, len(order)))
    middles = np.repeat(starts + (lengths - 1) / 2, lengths)
    sizes = np.bincount(groups)
    begins = np.cumsum(sizes) - sizes
    ranks = np.empty(len(order))
    ranks[order] = middles - begins[sorted_groups] + 1
    return ranks, sizes[groups].astype(np.float64)


def centered(columns: Floats, stratum: NDArray[np.intp]) -> Floats:
    """Return columns minus their mean in the stratum."""
    sizes = np.maximum(np.bincount(stratum), 1)
    result = np.empty_like(columns)
    for place in range(columns.shape[1]):
        sums = np.bincount(stratum, weights=columns[:, place])
        result[:, place] = columns[:, place] - (sums / sizes)[stratum]
    return result


def _deviations(columns: Floats) -> Floats:
    """Return the standard deviation of columns whose mean is 0."""
    squares = np.einsum("ij,ij->j", columns, columns) / max(len(columns), 1)
    return np.asarray(np.sqrt(squares), dtype=np.float64)


def _dummies(codes: NDArray[np.intp], rows: Matched) -> Floats:
    """Return a column for each level but the most frequent; rare ones share one."""
    if not len(codes):
        return np.zeros((0, 0))
    count = int(codes.max()) + 1
    leavers = np.bincount(rows.stratum, weights=rows.left)
    share = leavers / np.maximum(np.bincount(rows.stratum), 1)
    expected = np.bincount(codes, weights=share[rows.stratum], minlength=count)
    sizes = np.bincount(codes, minlength=count)
    rare = expected < FEWEST_EXPECTED
    rare[np.argsort(-sizes, kind="stable")[MOST_LEVELS:]] = True
    levels = [level for level in np.argsort(-sizes, kind="stable") if not rare[level]]
    columns = [codes == level for level in levels]
    if expected[rare].sum() >= FEWEST_EXPECTED:
        columns.append(rare[codes])
    elif columns and rare[codes].any():  # too few to be told apart from the rarest
        columns[-1] = columns[-1] | rare[codes]
    if len(columns) < 2:
        return np.zeros((len(codes), 0))
    return np.column_stack(columns[1:]).astype(np.float64)
