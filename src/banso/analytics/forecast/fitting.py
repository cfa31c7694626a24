"""Fitting a forecast on landmarks: the one way in."""

from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.forecasts import Target
from banso.analytics.forecast.requirements import Unfit
from banso.analytics.panel.landmarks import Landmarks


def fit_forecast(
    landmarks: Landmarks, *, target: Target = "churn", seed: int = 0
) -> Forecaster | Unfit:
    """Return a forecaster fitted on what the landmarks know, or why there is none.

    Everything in `landmarks` may be used: pass ``landmarks.known_by(day)`` to fit as
    of an earlier day. Preparation, choice of family and recalibration happen inside.

    Parameters
    ----------
    landmarks
        Weekly rows of all customers (see ``panel.landmarks``). For expansion and
        contraction, ``leaves_on`` is the day of the next move and ``end_kind`` 0,
        or the day on which the customer left before it and ``end_kind`` 1.
    target
        What ends by choice mean; it changes words and not the fit.
    seed
        Of the thinning, the folds and the trees. Same input, same bytes.

    Returns
    -------
    Forecaster or Unfit
        Both answer ``probabilities``, ``probabilities_at`` and carry ``card``,
        ``basis`` and ``reason``; see ``forecaster`` and ``requirements``.

    """
    raise NotImplementedError
