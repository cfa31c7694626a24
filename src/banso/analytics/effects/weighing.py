"""How likely each week was to bring the play, and what that makes the others weigh."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.effects.episodes import LAGS, Episodes

STEPS: Final = 25
RIDGE: Final = 0.25  # a prior of deviation 2 on the slopes of scaled columns
_CLOSE: Final = 1e-8

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Chances:
    """The chance of each row that the play begins in it: ``r`` rows."""

    slopes: Floats  # (k + 1,) the constant first
    chance: Floats  # (r,)


def chances(
    columns: Floats,
    treated: Flags,
    *,
    counts: Floats | None = None,
    start: Floats | None = None,
    steps: int = STEPS,
) -> Chances:
    """Return the chance that the play begins, by logistic regression with a ridge.

    Parameters
    ----------
    columns
        (r, k) what was known when the week began, without gaps, scaled.
    treated
        (r,) where it began.
    counts
        (r,) how often each row counts; 0 leaves it out of the fit. All once by default.
    start, steps
        Where Newton begins, and how far it goes at most.

    """
    design = np.column_stack([np.ones(len(columns)), columns])
    times = np.ones(len(columns)) if counts is None else counts
    slopes = np.zeros(design.shape[1]) if start is None else start.copy()
    ridge = np.full(design.shape[1], RIDGE)
    ridge[0] = 1e-6
    for _step in range(steps):
        chance = _logistic(design @ slopes)
        spread = times * chance * (1 - chance)
        gradient = design.T @ (times * (treated - chance)) - ridge * slopes
        curve = (design.T * spread) @ design + np.diag(ridge)
        move = np.linalg.solve(curve, gradient)
        slopes += np.clip(move, -3, 3)
        if float(np.abs(move).max()) < _CLOSE:
            break
    return Chances(slopes, _logistic(design @ slopes))


def weights_of_others(chance: Floats, episodes: Episodes) -> Floats:
    """Return what rows without the play weigh, so that they stand for those with it.

    The odds of the play stand for its choice: who was as likely to get it counts as
    much as those who did. Who got it in a later week of the same firing stops being an
    example of "nothing was done" and weighs 0; those who might have, and did not, stand
    for them too: one over the chance that no later week brought it, as long as there
    were later weeks.

    Parameters
    ----------
    chance
        (r,) of `chances`.
    episodes
        The rows.

    Returns
    -------
    NDArray
        (r,) 0 where the play began, in this week or a later one of the firing.

    Notes
    -----
    Source: weights for the effect on the treated (Hirano & Imbens 2001); inverse
    probability of censoring (Robins & Finkelstein 2000, Biometrics 56:779).

    """
    open_ = 1 - np.minimum(chance, 1 - 1e-9)
    by_week = np.ones((int(episodes.firing.max(initial=-1)) + 1, LAGS + 1))
    by_week[episodes.firing, episodes.lag] = open_
    # What is left open by all later weeks: the product from the end.
    later = np.cumprod(by_week[:, ::-1], axis=1)[:, ::-1]
    after = later[episodes.firing, episodes.lag + 1]
    weights = chance / open_ / after
    return np.where(episodes.treated | episodes.begins_later, 0.0, weights)


def effective_number(weights: Floats) -> float:
    """Return how many rows of equal weight would tell as much (Kish)."""
    squares = float(weights @ weights)
    return float(weights.sum()) ** 2 / squares if squares > 0 else 0.0


def _logistic(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), dtype=np.float64)
