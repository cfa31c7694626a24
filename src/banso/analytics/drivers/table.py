"""The table of drivers: every feature, leavers against stayers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.adjusting import Adjusted, adjusted
from banso.analytics.drivers.comparison import Comparison, compare
from banso.analytics.drivers.matching import (
    BANDS,
    WINDOW_DAYS,
    Matched,
    followed_window,
    matched,
    sampled,
)
from banso.analytics.drivers.rows import Direction, DriverRow
from banso.analytics.drivers.scores import FeatureScores, feature_scores
from banso.analytics.drivers.timing import lead_days, stability
from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.multiplicity import q_values
from banso.analytics.panel.blanks import without_blank_codes
from banso.analytics.panel.landmarks import Feature, Landmarks

Floats = NDArray[np.float64]

MOST_ROWS = 1_000_000  # of more, stayers are sampled
MOST_ADJUSTED_ROWS = 60_000
LEVEL = 0.05  # a finding has a q-value below it
ALL = "all"
WITHIN = ("tenure_days",)  # what every comparison is within
_NOTHING: Mapping[str, str] = MappingProxyType({})


def driver_table(
    landmarks: Landmarks,
    *,
    kinds: Mapping[str, str],
    adjust_for: Sequence[str] = (),
    made_of: Mapping[str, str] = _NOTHING,
    seed: int = 0,
    window_days: int = WINDOW_DAYS,
) -> tuple[DriverRow, ...]:
    """Return for every feature how leavers differ from stayers.

    On landmark dates that are `window_days` apart, those who leave by choice before the
    next are compared with those who stay, on the same date and at nearly the same
    tenure. Each leaving counts once; nothing after the date is looked at.

    Parameters
    ----------
    landmarks
        Rows of customers on as-of dates, common to all customers (weekly, say). A
        thinning by outcome does no harm.
    kinds
        What each feature is (``metric``, ``element``…), by its key. A feature that is
        not named is a ``metric``.
    adjust_for
        Keys of features that are held equal in the adjusted part.
    made_of
        The feature that another one is made of (an element's metric). Both ask the
        same, so only one counts when the table is corrected for its many tests, and
        neither is taken into account for the other.
    seed
        Chooses stayers where there are more rows than are needed.
    window_days
        Days between landmark dates; fewer when nobody was followed so long
        (`followed_window`).

    Returns
    -------
    tuple of DriverRow
        Four rows for each feature (all, and three bands of tenure), strongest first.
        Reasons: ``too_few_customers``, ``too_few_events``, ``one_class``,
        ``no_follow_up``, ``mostly_missing``, ``constant``, ``compared_within`` (tenure
        itself), ``goes_with_another`` (of the adjusted part).

    Notes
    -----
    Source: docs/definitions/drivers.md. Checked in tests/truth/test_drivers_*.py.

    """
    if not landmarks.features:
        return ()
    landmarks = without_blank_codes(landmarks)
    window_days = followed_window(
        landmarks.as_of, seen_until=landmarks.seen_until, window_days=window_days
    )
    rows = matched(landmarks, window_days=window_days)
    rows = rows.only(sampled(rows, most_rows=MOST_ROWS, seed=seed))
    sample = sampled(rows, most_rows=MOST_ADJUSTED_ROWS, seed=seed)
    looks = [
        _look(feature, landmarks, rows, sample=sample) for feature in landmarks.features
    ]
    p = np.array([[part.p_value for part in look.parts] for look in looks], dtype=float)
    q = _corrected(p, [look.feature.key for look in looks], made_of=made_of)
    order = sorted(range(len(looks)), key=lambda at: looks[at].strength)
    findings = [looks[at].feature.key for at in order if q[at, 0] < LEVEL]
    others = _adjusted(
        looks,
        rows.only(sample),
        findings=findings,
        always=adjust_for,
        made_of=made_of,
    )
    return tuple(
        row
        for at in order
        for row in _rows(
            looks[at],
            kinds.get(looks[at].feature.key, "metric"),
            q=q[at],
            adjusted=others.get(looks[at].feature.key),
        )
    )


def _corrected(p: Floats, keys: Sequence[str], *, made_of: Mapping[str, str]) -> Floats:
    """Return q-values over what is asked: a feature made of another counts once.

    The q-value of such a feature is the one that it has in the place of the other.
    """
    place = {key: at for at, key in enumerate(keys)}
    stands_for = [place.get(made_of.get(key, key), at) for key, at in place.items()]
    asked = np.array([at == other for at, other in enumerate(stands_for)], dtype=bool)
    q = np.full(p.shape, np.nan)
    q[asked] = q_values(p[asked].ravel()).reshape(-1, p.shape[1])
    for at in np.flatnonzero(~asked):
        instead = p.copy()
        instead[stands_for[at]] = p[at]
        own = int(asked[: stands_for[at]].sum())
        q[at] = q_values(instead[asked].ravel()).reshape(-1, p.shape[1])[own]
    return q


@dataclass(frozen=True)
class _Part:
    """A feature in all rows, or in one band of tenure."""

    stratum: str
    compared: Comparison
    stability: float | None

    @property
    def p_value(self) -> float:
        p = self.compared.effect.p_value
        return math.nan if p is None else p


@dataclass(frozen=True)
class _Look:
    """What a feature shows at first sight."""

    feature: Feature
    parts: tuple[_Part, ...]  # all, then each of BANDS
    columns: Floats  # on the sampled rows; 0 where it is not known
    lead_days: int | None
    missing_share: float

    @property
    def strength(self) -> tuple[bool, float, float]:
        """Sort by it: the strongest first, what could not be compared last."""
        effect = self.parts[0].compared.effect
        p = 1.0 if effect.p_value is None else effect.p_value
        return effect.value is None, p, -abs(effect.value or 0.0)


def _look(
    feature: Feature, landmarks: Landmarks, rows: Matched, *, sample: NDArray[np.intp]
) -> _Look:
    values = landmarks.column(feature.key)[rows.rows]
    scores = feature_scores(feature, values, rows)
    if not len(rows):
        scores = replace(scores, reason="no_follow_up")
    elif feature.key in WITHIN:
        scores = replace(scores, reason="compared_within")
    of_all = _part(scores, ALL)
    bands = [
        _part(scores.only(scores.rows.band == place), name)
        for place, name in enumerate(BANDS)
    ]
    now, columns, lead = of_all.compared.surplus, np.zeros((len(sample), 0)), None
    if now is not None:
        columns = _spread(scores.columns, np.isfinite(values))[sample]
        differs = of_all.p_value < LEVEL
        lead = lead_days(scores, landmarks, now=now) if differs else None
    return _Look(
        feature=feature,
        parts=(of_all, *bands),
        columns=columns,
        lead_days=lead,
        missing_share=scores.missing_share,
    )


def _spread(columns: Floats, known: NDArray[np.bool_]) -> Floats:
    """Return columns of all rows: 0, the mean, where a feature is not known."""
    spread = np.zeros((len(known), columns.shape[1]))
    spread[known] = columns
    return spread


def _part(scores: FeatureScores, stratum: str) -> _Part:
    compared = compare(scores)
    now = compared.surplus
    return _Part(stratum, compared, None if now is None else stability(scores, now=now))


def _adjusted(
    looks: Sequence[_Look],
    rows: Matched,
    *,
    findings: Sequence[str],
    always: Sequence[str],
    made_of: Mapping[str, str],
) -> dict[str, tuple[Adjusted, float | None]]:
    """Return each feature's adjusted difference and its q-value."""
    columns = {
        look.feature.key: look.columns for look in looks if look.columns.shape[1]
    }
    found = adjusted(columns, rows, findings=findings, always=always, made_of=made_of)
    p = [one.effect.p_value for one in found.values()]
    q = q_values(np.array(p, dtype=np.float64)).tolist()
    return {
        key: (one, None if math.isnan(value) else value)
        for (key, one), value in zip(found.items(), q, strict=True)
    }


def _rows(
    look: _Look,
    kind: str,
    *,
    q: Floats,
    adjusted: tuple[Adjusted, float | None] | None,
) -> list[DriverRow]:
    first, *bands = (
        _row(look, kind, part=part, q=value)
        for part, value in zip(look.parts, q.tolist(), strict=True)
    )
    if adjusted is None:
        return [first, *bands]
    (effect, is_kept), adjusted_q = (
        (adjusted[0].effect, adjusted[0].is_kept),
        adjusted[1],
    )
    first = replace(
        first,
        adjusted_effect=effect.value,
        adjusted_low=effect.low,
        adjusted_high=effect.high,
        adjusted_q=adjusted_q,
        is_kept=is_kept,
        lead_days=look.lead_days if q[0] < LEVEL else None,
        reason=effect.reason,
    )
    return [first, *bands]


def _row(look: _Look, kind: str, *, part: _Part, q: float) -> DriverRow:
    effect = part.compared.effect
    return DriverRow(
        element=look.feature.key,
        kind=kind,
        stratum=part.stratum,
        n_churned=part.compared.leavers,
        n_renewed=part.compared.stayers,
        mean_churned=part.compared.mean_left,
        mean_renewed=part.compared.mean_stayed,
        effect=effect.value,
        low=effect.low,
        high=effect.high,
        p_value=effect.p_value,
        q_value=None if math.isnan(q) else q,
        direction=_direction(look.feature, effect, q=q),
        auc=part.compared.auc,
        adjusted_effect=None,
        adjusted_low=None,
        adjusted_high=None,
        adjusted_q=None,
        is_kept=None,
        lead_days=None,
        stability=part.stability,
        missing_share=look.missing_share,
        reason=effect.reason,
    )


def _direction(feature: Feature, effect: Estimate, *, q: float) -> Direction:
    if feature.kind == "category" or effect.value is None or not q < LEVEL:
        return "none"
    return "higher_stays" if effect.value > 0 else "lower_stays"
