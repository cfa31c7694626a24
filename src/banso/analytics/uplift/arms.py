"""A trial by lot as arrays: who was treated, what came of it, what was known before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.standardising import group_means
from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.proportions import difference_of_proportions
from banso.analytics.figures.samples import FEWEST_CUSTOMERS
from banso.analytics.panel.landmarks import Feature

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Arms:
    """The customers of a trial, each once: ``n`` rows.

    The more of the outcome the better: of churn, give that a customer stayed.
    """

    treated: Mask  # (n,) by lot, whatever was done in the end
    outcome: Floats  # (n,) 0 or 1, or an amount; no gaps
    values: Floats  # (n, p) known before the lot; NaN is unknown; categories are codes
    features: Sequence[Feature]  # (p,)

    def __post_init__(self) -> None:
        n = len(self.treated)
        assert self.outcome.shape == (n,), "one outcome for each customer"
        assert self.values.shape == (n, len(self.features)), "a column for each feature"
        assert np.isfinite(self.outcome).all(), "who has no outcome is left out before"

    def __len__(self) -> int:
        """Return how many customers there are."""
        return len(self.treated)

    @property
    def is_share(self) -> bool:
        """Whether the outcome happens or not."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())

    @property
    def chance(self) -> float:
        """The share of the customers that was treated."""
        return float(self.treated.mean())

    def rows(self, kept: Mask | NDArray[np.intp]) -> "Arms":
        """Return some of the customers."""
        return replace(
            self,
            treated=self.treated[kept],
            outcome=self.outcome[kept],
            values=self.values[kept],
        )


def effect(arms: Arms) -> Estimate:
    """Return by how much the outcome of the treated exceeds that of the others.

    Parameters
    ----------
    arms
        The customers. What was known before plays no part.

    Returns
    -------
    Estimate
        In the unit of the outcome: 0.045 is 4.5 points. Newcombe's interval for a
        share, else of two means with unequal variances. ``events`` counts outcomes
        above 0. ``too_few_customers`` below ten in an arm.

    Notes
    -----
    Source: docs/definitions/uplift.md. Checked in tests/analytics/uplift.

    """
    treated = arms.treated
    sizes = int(treated.sum()), int((~treated).sum())
    events = int((arms.outcome > 0).sum())
    if min(sizes) < FEWEST_CUSTOMERS:
        return Estimate.unknown("too_few_customers", n=len(arms), events=events)
    if arms.is_share:
        happened = int(arms.outcome[treated].sum())
        return difference_of_proportions(
            happened, sizes[0], int(arms.outcome.sum()) - happened, sizes[1]
        )
    means = group_means(arms.outcome, treated, np.zeros((len(arms), 0)))
    return replace(means.difference(), events=events)
