"""The health of two groups of customers beside each other."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.standardising import Covariates, group_means, standardised
from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.samples import FEWEST_CUSTOMERS, MOSTLY_MISSING

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

TESTS = ("difference", "ratio", "adjusted", "adjusted_difference")


@dataclass(frozen=True, eq=False)
class HealthOfGroups:
    """One value of health for each customer: ``n`` rows."""

    exposed: Mask  # (n,)
    health: Floats  # (n,) NaN is unknown

    def mean(self, group: Mask) -> Estimate:
        """Return the mean of a group, with Student's interval.

        ``mostly_missing`` when 90 % are unknown, ``too_few_customers`` below ten.
        """
        from scipy.special import stdtrit  # noqa: PLC0415 -- only a run needs it

        values = self.health[group]
        known = values[np.isfinite(values)]
        n = len(known)
        if len(values) and n <= (1 - MOSTLY_MISSING) * len(values):
            return Estimate.unknown("mostly_missing", n=n)
        if n < FEWEST_CUSTOMERS:
            return Estimate.unknown("too_few_customers", n=n)
        mean, error = float(known.mean()), float(known.std(ddof=1)) / math.sqrt(n)
        reach = float(stdtrit(n - 1, 0.975)) * error
        return Estimate(mean, mean - reach, mean + reach, n)

    def compared(self, covariates: Covariates) -> dict[str, Estimate]:
        """Return difference and ratio of the means, plain and at equal covariates.

        Further reasons: ``constant``, and those of `standardised`.
        """
        known = np.isfinite(self.health)
        exposed, health = self.exposed[known], self.health[known]
        n = len(health)
        reason = self._reason(health)
        if reason:
            return dict.fromkeys(TESTS, Estimate.unknown(reason, n=n))
        plain = group_means(health, exposed, np.zeros((n, 0)))
        equal = standardised(health, exposed, covariates.only(known))
        found = {"difference": plain.difference(), "ratio": plain.ratio()}
        if isinstance(equal, str):
            tests = ("adjusted", "adjusted_difference")
            return found | dict.fromkeys(tests, Estimate.unknown(equal, n=n))
        return found | {
            "adjusted": equal.ratio(),
            "adjusted_difference": equal.difference(),
        }

    def _reason(self, known: Floats) -> str | None:
        if self.exposed.all() or not self.exposed.any():
            return "one_class"
        first, other = self.mean(self.exposed), self.mean(~self.exposed)
        reason = first.reason or other.reason
        return reason or ("constant" if np.ptp(known) == 0 else None)
