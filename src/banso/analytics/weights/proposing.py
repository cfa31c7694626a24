"""Proposing weights that separate those who leave from those who stay."""

from dataclasses import dataclass

from banso.analytics.judgement.outcome import Outcome
from banso.analytics.panel.landmarks import Landmarks
from banso.analytics.weights.weighting import Weighting


@dataclass(frozen=True)
class ElementWeight:
    """One row of the result table ``weights``."""

    model: str
    dimension: str
    element: str
    present: float | None  # share of the score, 0..1
    proposed: float | None
    low: float | None
    high: float | None
    chosen_share: float | None  # of the halves of the customers that chose it
    # no_contribution, constant, mostly_missing, known_by_outcome; or, for all elements,
    # why nothing is proposed
    reason: str | None


@dataclass(frozen=True)
class JudgedWeights:
    """One row of the result table ``weights_judged``."""

    draft: str  # present | proposed | difference
    horizon_days: int
    figure: str  # auc | lift_10 | caught
    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    reason: str | None


@dataclass(frozen=True)
class Proposal:
    """Weights beside the present ones, and what each would have been worth."""

    elements: tuple[ElementWeight, ...]
    judged: tuple[JudgedWeights, ...]
    weighting: Weighting | None  # null when nothing is proposed
    fitted_until: int | None  # the day by which all that it was fitted on was known
    # null: better out of time. no_better; too_few_events, too_few_customers,
    # no_follow_up, no_elements: nothing is proposed.
    reason: str | None


def propose_weights(
    landmarks: Landmarks,
    *,
    present: Weighting,
    outcome: Outcome | None = None,
    horizon_days: int = 90,
    seed: int = 0,
) -> Proposal:
    """Return weights fitted to what happened, judged later beside the present ones.

    Parameters
    ----------
    landmarks
        Customers of one model. The features are its elements (``present.keys``), the
        values their points (0 to 100, NaN without).
    present
        The weights that people chose.
    outcome
        What the score shall tell; churn when it is not given.
    horizon_days
        Within how many days.
    seed
        Of the halving of the customers.

    Returns
    -------
    Proposal
        See its fields. A proposal that is not better is returned all the same, with
        the reason ``no_better``.

    Notes
    -----
    Source: docs/definitions/fitted-weights.md. Checked in
    tests/truth/test_weights_recovered.py.

    """
    raise NotImplementedError


def compare_weights(
    landmarks: Landmarks,
    *,
    present: Weighting,
    draft: Weighting,
    outcome: Outcome | None = None,
    horizon_days: int = 90,
) -> tuple[JudgedWeights, ...]:
    """Return how the present weights and a draft by hand would have done.

    All rows with a known outcome count: a draft that was made by looking at the same
    history is judged too well, and the caller says so.
    """
    raise NotImplementedError
