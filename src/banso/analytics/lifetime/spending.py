"""How much a purchase is worth: the gamma-gamma model, and the test of its premise."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import CONFIDENCE, normal_quantile
from banso.analytics.figures.samples import FEWEST_CUSTOMERS
from banso.analytics.lifetime.likelihood import Maximum, maximum

Floats = NDArray[np.float64]
_STARTS: Final = ((1.0, 2.0, 1.0), (5.0, 4.0, 1.0))
DOUBTFUL: Final = 0.1  # a rank correlation beyond this is more than the model allows


@dataclass(frozen=True, eq=False)
class SpendingModel:
    """Purchases of a customer vary around a mean of its own; the means are spread."""

    found: Maximum
    n: int  # customers with a purchase that counts

    @property
    def reason(self) -> str | None:
        """Why there is no model."""
        return self.found.reason

    @property
    def parameters(self) -> tuple[float, float, float]:
        """``p``, ``q`` and ``v`` (in money)."""
        assert not self.reason, "a model that was not fitted has no parameters"
        p, q, v = (float(each) for each in self.found.parameters)
        return p, q, v

    @property
    def mean(self) -> float | None:
        """What a purchase of a customer not yet known is worth; null when infinite."""
        p, q, v = self.parameters
        return p * v / (q - 1) if q > 1 else None

    def expected(self, purchases: Floats, mean_amount: Floats) -> Floats:
        """Return (n,) what a coming purchase of each customer is worth.

        Parameters
        ----------
        purchases
            (n,) purchases behind the mean, from 0.
        mean_amount
            (n,) their mean, above 0; ignored without purchases.

        Returns
        -------
        array
            Between the customer's own mean and that of all: the fewer purchases, the
            nearer to that of all. NaN where there is no mean.

        """
        p, q, v = self.parameters
        seen = np.where(purchases > 0, purchases * np.nan_to_num(mean_amount), 0.0)
        weight = p * purchases + q - 1
        values = p * (v + seen) / np.where(weight > 0, weight, 1.0)
        return np.asarray(np.where(weight > 0, values, np.nan), dtype=np.float64)


def spending_model(
    purchases: NDArray[np.generic], mean_amount: Floats
) -> SpendingModel:
    """Return the gamma-gamma model of the value of a purchase.

    Parameters
    ----------
    purchases
        (n,) purchases behind each mean; rows with 0 are left out.
    mean_amount
        (n,) mean amount of a customer's purchases, in one currency. Rows that are not
        above 0 (only refunds) are left out: the model knows no negative amount.

    Returns
    -------
    SpendingModel
        ``too_few_customers`` below 10 customers, ``no_maximum`` when the data cannot
        tell.

    Notes
    -----
    Source: Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value. CDNOW gives
    p 6.25, q 3.74, v 15.45 (tests/analytics/lifetime). It takes the amount to be
    independent of how often one buys: see `amount_and_frequency`.

    """
    count = np.asarray(purchases, dtype=np.float64)
    counted = (count > 0) & (mean_amount > 0)
    x, m = count[counted], mean_amount[counted]
    if len(x) < FEWEST_CUSTOMERS:
        return SpendingModel(Maximum(reason="too_few_customers"), len(x))
    unit = float(np.median(m))  # the search is steady whatever the currency
    found = maximum(lambda three: _log_likelihood(three, x, m / unit), _STARTS)
    if not found.reason:
        assert found.log_likelihood is not None
        found = Maximum(
            found.parameters * np.array([1.0, 1.0, unit]),
            found.covariance,
            found.log_likelihood - len(x) * np.log(unit),
        )
    return SpendingModel(found, len(x))


def amount_and_frequency(
    purchases: NDArray[np.generic], mean_amount: Floats
) -> Estimate:
    """Return the rank correlation of how often and how much customers buy.

    The gamma-gamma model takes it to be 0. Where the whole interval lies beyond
    `DOUBTFUL` either way, purchases times their value is to be called doubtful.

    Parameters
    ----------
    purchases, mean_amount
        (n,) as in `spending_model`; the same rows count.

    Returns
    -------
    Estimate
        Spearman's rho, -1..1. ``too_few_customers`` below 10 customers,
        ``one_class`` when all bought equally often or equally much.

    Notes
    -----
    Interval on the scale of Fisher's z with the variance of Bonett & Wright (2000),
    Psychometrika 65:23.

    """
    from scipy.stats import spearmanr  # noqa: PLC0415 -- slow to import

    count = np.asarray(purchases, dtype=np.float64)
    counted = (count > 0) & (mean_amount > 0)
    x, m = count[counted], mean_amount[counted]
    n = len(x)
    if n < FEWEST_CUSTOMERS:
        return Estimate.unknown("too_few_customers", n=n)
    if len(np.unique(x)) < 2 or len(np.unique(m)) < 2:
        return Estimate.unknown("one_class", n=n)
    rho, p_value = (float(each) for each in spearmanr(x, m))
    error = np.sqrt((1 + rho**2 / 2) / (n - 3))
    reach = normal_quantile(CONFIDENCE) * error
    middle = np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12))
    low, high = float(np.tanh(middle - reach)), float(np.tanh(middle + reach))
    return Estimate(rho, low, high, n, 0, p_value)


def _log_likelihood(three: Floats, x: Floats, m: Floats) -> float:
    from scipy.special import betaln  # noqa: PLC0415 -- slow to import

    p, q, v = three
    rows = (
        -betaln(p * x, q)
        + q * np.log(v)
        + (p * x - 1) * np.log(m)
        + p * x * np.log(x)
        - (p * x + q) * np.log(x * m + v)
    )
    return float(rows.sum())
