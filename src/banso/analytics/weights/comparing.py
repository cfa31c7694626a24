"""Two sets of weights beside each other: what each score would have told."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.ranking import auc_difference
from banso.analytics.judgement.evaluation import evaluation_rows
from banso.analytics.judgement.judging import judge
from banso.analytics.judgement.outcome import Outcome, churn
from banso.analytics.judgement.subject import Subject, strata
from banso.analytics.panel.landmarks import Landmarks
from banso.analytics.weights.weighting import Weighting, rescored

FIGURES = ("auc", "lift_10", "caught")
WORTH = 0.005  # of AUC; less is not worth that customers change their band


@dataclass(frozen=True)
class JudgedWeights:
    """One row of the result table ``weights_judged``."""

    model: str  # key of the health model
    draft: str  # present | proposed (by hand: draft) | difference
    horizon_days: int
    figure: str  # auc | lift_10 | caught; of the difference: auc
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    reason: str | None


def compare_weights(
    landmarks: Landmarks,
    *,
    present: Weighting,
    draft: Weighting,
    outcome: Outcome | None = None,
    horizon_days: int = 90,
) -> tuple[JudgedWeights, ...]:
    """Return how the present weights and a draft by hand would have done.

    Parameters
    ----------
    landmarks
        Customers of one model; the features are the elements of both weightings.
    present, draft
        The weights.
    outcome
        What the score shall tell; churn when it is not given.
    horizon_days
        Within how many days.

    Returns
    -------
    tuple[JudgedWeights, ...]
        As `compare_scores`. All rows with a known outcome count: a draft that was made
        by looking at the same history is judged too well.

    """
    chosen = evaluation_rows(landmarks)
    outcome = (outcome or churn(landmarks)).rows(chosen)
    rows = landmarks.rows(chosen)
    scores = {
        "present": rescored(rows.only(present.keys).values, present),
        "draft": rescored(rows.only(draft.keys).values, draft),
    }
    return compare_scores(
        rows,
        scores,
        model=present.model,
        outcome=outcome,
        horizon_days=horizon_days,
    )


def compare_scores(
    landmarks: Landmarks,
    scores: Mapping[str, NDArray[np.float64]],
    *,
    model: str,
    outcome: Outcome,
    horizon_days: int,
) -> tuple[JudgedWeights, ...]:
    """Return the figures of two scores on the rows that have both.

    Parameters
    ----------
    landmarks
        The rows to judge by.
    scores
        (n,) by name: the present one, then the other.
    model
        The key of the health model that both scores are of.
    outcome, horizon_days
        What they shall tell, and within how many days.

    Returns
    -------
    tuple[JudgedWeights, ...]
        ``auc``, ``lift_10`` and (for 90 and 180 days) ``caught`` of each, see
        `banso.analytics.judgement.judging.judge`; then ``auc`` of the ``difference``:
        by how much the other is better.

    """
    everyone = strata(landmarks)[:1]
    both = np.all([np.isfinite(values) for values in scores.values()], axis=0)
    found = []
    for name, values in scores.items():
        subject = Subject("score", "score", np.where(both, values, np.nan))
        rows = judge(
            landmarks,
            subject,
            outcome=outcome,
            horizon_days=horizon_days,
            strata=everyone,
        )
        found += [
            JudgedWeights(
                model, name, horizon_days, row.figure, row.value, row.low, row.high,
                row.n, row.events, row.reason,
            )
            for row in rows
            if row.figure in FIGURES
        ]  # fmt: skip
    gain = _gain(landmarks, scores, outcome, horizon_days)
    found.append(
        JudgedWeights(
            model, "difference", horizon_days, "auc", gain.value, gain.low, gain.high,
            gain.n, gain.events, gain.reason,
        )
    )  # fmt: skip
    return tuple(found)


def is_better(judged: tuple[JudgedWeights, ...]) -> bool:
    """Return whether the AUC rose without doubt, and by at least 0.005."""
    gains = [row for row in judged if row.draft == "difference"]
    return all(
        row.value is not None
        and row.low is not None
        and row.low > 0
        and row.value >= WORTH
        for row in gains
    )


def _gain(
    landmarks: Landmarks,
    scores: Mapping[str, NDArray[np.float64]],
    outcome: Outcome,
    horizon_days: int,
) -> Estimate:
    followed = landmarks.followed(horizon_days)
    if not followed.any():
        return Estimate.unknown("no_follow_up", n=0)
    sign = 1.0 if outcome.is_good else -1.0
    present, other = (sign * values[followed] for values in scores.values())
    return auc_difference(
        other,
        present,
        outcome.within(landmarks, horizon_days)[followed],
        clusters=landmarks.customer[followed],
        weights=landmarks.weight[followed],
    )
