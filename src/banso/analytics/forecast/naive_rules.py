"""The rules that anybody would try first, fitted on the same rows."""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]
RECENCY = "days_since_last"  # how the keys of such metrics begin
NAIVE_RULES = ("last_rate", "recency", "logistic")
MOST_ROWS = 60_000
MOST_STEPS = 5_000  # far values of a feature can make the way long


def naive_chances(
    trained: Landmarks, scored: Landmarks, *, horizon: int
) -> dict[str, Floats]:
    """Return each rule's chance to end within `horizon` for the scored rows.

    ``last_rate``: the share that ended, the same for all. ``recency``: a logistic
    curve of the days since something was last done (absent without such a feature).
    ``logistic``: plain logistic regression on all features, standardised, with the
    median where a value is missing. Empty when the trained rows say nothing.
    """
    rows = np.flatnonzero(trained.followed(horizon))
    rows = rows[:: max(1, len(rows) // MOST_ROWS)]
    known = trained.rows(rows)
    outcome = known.churned(horizon)
    if len(rows) == 0 or outcome.all() or not outcome.any():
        return {}
    rate = float(np.average(outcome, weights=known.weight))
    chances = {"last_rate": np.full(len(scored), rate)}
    recency = [key for key in known.keys if key.startswith(RECENCY)]
    rules = {"logistic": list(known.keys), "recency": recency[:1]}
    for rule, keys in rules.items():
        if keys:
            chances[rule] = _logistic(known.only(keys), scored.only(keys), outcome)
    return chances


def _logistic(
    known: Landmarks, scored: Landmarks, outcome: NDArray[np.bool_]
) -> Floats:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    columns = [_columns(known, known, at) for at in range(len(known.features))]
    others = [_columns(known, scored, at) for at in range(len(known.features))]
    machine = LogisticRegression(max_iter=MOST_STEPS)
    machine.fit(np.hstack(columns), outcome, sample_weight=known.weight)
    chance: Floats = machine.predict_proba(np.hstack(others))[:, 1]
    return chance


def _columns(known: Landmarks, rows: Landmarks, at: int) -> Floats:
    """Return a feature's columns for `rows`, scaled as the known rows say."""
    feature, seen, values = known.features[at], known.values[:, at], rows.values[:, at]
    if feature.kind == "category":
        codes = np.where(np.isfinite(values), values, -1)
        hot = codes[:, None] == np.arange(len(feature.levels))
        return np.asarray(hot, float)
    numbers = seen[np.isfinite(seen)]
    if len(numbers) == 0:
        return np.zeros((len(values), 1))
    middle, spread = float(np.median(numbers)), float(numbers.std()) or 1.0
    filled = np.where(np.isfinite(values), values, middle)
    scaled: Floats = ((filled - middle) / spread)[:, None]
    return scaled
