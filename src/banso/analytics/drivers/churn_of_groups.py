"""The churn of two groups of customers beside each other."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.standardising import (
    Covariates,
    GroupMeans,
    group_means,
    risk_pseudo_values,
    standardised,
)
from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.proportions import (
    difference_of_proportions,
    proportion,
    ratio_of_proportions,
)
from banso.analytics.figures.samples import FEWEST_CUSTOMERS, FEWEST_EVENTS
from banso.analytics.survival.curves import survival_curve
from banso.analytics.survival.hazards import proportional_hazards
from banso.analytics.survival.log_rank import log_rank

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ChurnOfGroups:
    """Customers followed from their landmark on: ``n`` rows."""

    exposed: Mask  # (n,)
    durations: Floats  # (n,) days followed
    left: Mask  # (n,) by choice, within the days
    within_days: int

    def rate(self, group: Mask) -> Estimate:
        """Return the share of a group that leaves within the days.

        Wilson's interval when all were followed so long, else Kaplan-Meier.
        ``too_few_customers`` below ten, ``no_follow_up`` when nobody was.
        """
        n, left = int(group.sum()), int(self.left[group].sum())
        followed = int((self.durations[group] >= self.within_days).sum())
        gone_before = int(
            (self.left & (self.durations < self.within_days))[group].sum()
        )
        if n < FEWEST_CUSTOMERS:
            return Estimate.unknown("too_few_customers", n=n, events=left)
        if followed + gone_before == n:
            return proportion(left, n)
        if not followed:
            return Estimate.unknown("no_follow_up", n=n, events=left)
        if not left:
            return replace(proportion(0, followed), n=n)
        there = survival_curve(self.durations[group], self.left[group]).at(
            self.within_days
        )
        if there.value is None or there.low is None or there.high is None:
            return Estimate.unknown(there.reason or "no_follow_up", n=n, events=left)
        return Estimate(1 - there.value, 1 - there.high, 1 - there.low, n, left)

    def compared(self, covariates: Covariates) -> dict[str, Estimate]:
        """Return the comparisons of both groups, each with a reason when it has none.

        ``difference`` and ``ratio`` of the rates; ``log_rank`` (the statistic);
        ``adjusted``: the hazard ratio, and ``adjusted_difference``: that of the rates,
        both at equal covariates.
        """
        found = self._of_rates(covariates)
        found |= {
            "log_rank": self._log_rank(),
            "adjusted": self._hazard_ratio(covariates),
        }
        n, left = len(self.exposed), int(self.left.sum())
        return {test: replace(each, n=n, events=left) for test, each in found.items()}

    def _of_rates(self, covariates: Covariates) -> dict[str, Estimate]:
        rates = self.rate(self.exposed), self.rate(~self.exposed)
        reason = self._too_little() or rates[0].reason or rates[1].reason
        if reason:
            tests = ("difference", "ratio", "adjusted_difference")
            return dict.fromkeys(tests, Estimate.unknown(reason, n=0))
        values = self._pseudo_values()
        equal: GroupMeans | str = "too_few_events"
        if min(rate.events for rate in rates):
            equal = standardised(values, self.exposed, covariates)
        difference, ratio = self._plain(*rates, values=values)
        return {
            "difference": difference,
            "ratio": ratio,
            "adjusted_difference": Estimate.unknown(equal, n=0)
            if isinstance(equal, str)
            else equal.difference(),
        }

    def _plain(
        self, first: Estimate, other: Estimate, *, values: Floats
    ) -> tuple[Estimate, Estimate]:
        """Return difference and ratio of the two rates."""
        if (self.left | (self.durations >= self.within_days)).all():
            n = int(self.exposed.sum())
            counts = (first.events, n, other.events, len(self.exposed) - n)
            return difference_of_proportions(*counts), ratio_of_proportions(*counts)
        if not (first.events and other.events):
            p = self._log_rank().p_value
            few = Estimate.unknown("too_few_events", n=0)
            return replace(_apart(first, other), p_value=p), few
        means = group_means(values, self.exposed, np.zeros((len(values), 0)))
        p = means.difference().p_value
        return replace(_apart(first, other), p_value=p), means.ratio()

    def _pseudo_values(self) -> Floats:
        """Return values whose mean in each group is its rate."""
        values = np.empty(len(self.durations))
        for group in (self.exposed, ~self.exposed):
            values[group] = risk_pseudo_values(
                self.durations[group], self.left[group], self.within_days
            )
        return values

    def _log_rank(self) -> Estimate:
        durations = np.minimum(self.durations, self.within_days)
        found = log_rank(durations, self.left, self.exposed)
        if found.reason:
            return Estimate.unknown(found.reason, n=0)
        return Estimate(found.statistic, None, None, 0, p_value=found.p_value)

    def _hazard_ratio(self, covariates: Covariates) -> Estimate:
        """Return how many times as fast the exposed leave, covariates held equal."""
        reason = self._too_little()
        design = covariates.design
        if reason or not design.shape[1]:
            return Estimate.unknown(reason or "nothing_to_adjust_for", n=0)
        columns = np.column_stack([self.exposed, design]).astype(np.float64)
        fit = proportional_hazards(
            np.minimum(self.durations, self.within_days),
            self.left,
            columns,
            names=tuple(map(str, range(columns.shape[1]))),
            clusters=np.arange(len(columns)),
        )
        return fit.hazard_ratio("0")

    def _too_little(self) -> str | None:
        exposed = int(self.exposed.sum())
        if len(self.exposed) < 2 * FEWEST_CUSTOMERS:
            return "too_few_customers"
        if exposed in (0, len(self.exposed)):
            return "one_class"
        if min(exposed, len(self.exposed) - exposed) < FEWEST_CUSTOMERS:
            return "too_few_customers"
        return "too_few_events" if self.left.sum() < FEWEST_EVENTS else None


def _apart(first: Estimate, other: Estimate) -> Estimate:
    """Return the difference of two rates with the interval that theirs give (MOVER).

    Source: Zou & Donner (2008), Stat Med 27:1693.
    """
    limits = (first.value, first.low, first.high, other.value, other.low, other.high)
    a, a_low, a_high, b, b_low, b_high = (0.0 if x is None else x for x in limits)
    return Estimate(
        a - b,
        a - b - math.hypot(a - a_low, b_high - b),
        a - b + math.hypot(a_high - a, b - b_low),
        first.n + other.n,
    )
