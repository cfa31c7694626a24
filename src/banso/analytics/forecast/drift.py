"""Has the company changed since the fit?"""

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.panel.landmarks import Landmarks


def population_stability(
    forecaster: Forecaster, landmarks: Landmarks
) -> dict[str, float]:
    """Return the population stability index of each feature since the fit.

    Below 0.1 is little, above 0.25 a lot. Computed over the ten parts that the fit
    saw, plus the missing ones.
    """
    raise NotImplementedError


def calibration_since(
    landmarks: Landmarks, probabilities: NDArray[np.float64], *, horizon: int
) -> Estimate:
    """Return observed over expected ends within `horizon`, clustered by customer.

    1 is right, 1.2 is a fifth more than said. Only rows that were followed count.
    Reasons: ``no_follow_up``, ``too_few_events`` (fewer than 10).
    """
    raise NotImplementedError
