"""How far customers, and what came of them, have moved since a fit."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import garwood
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.preparation import NumberColumn
from banso.analytics.forecast.reference import shares_of
from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]
SMALLEST_SHARE = 0.01  # an empty part must not speak for all
# With ten parts and nothing moved the index is near 10 / n: a tenth with 100 customers.
FEWEST_CUSTOMERS = 100
LITTLE, MUCH = 0.1, 0.25
ENOUGH_ENDS = 5  # said or seen; with fewer the interval tells nothing

Verdict = Literal["little", "as_before", "some", "much", "as_expected", "more", "fewer"]


@dataclass(frozen=True)
class Shift:
    """How far the values of one feature have moved since the fit."""

    key: str
    psi: float | None  # population stability index lately; null with a reason
    psi_before: float | None  # the same of the weeks before the fit; likewise
    then: float | None  # median of the known values at the fit; null for categories
    now: float | None  # median of the known values lately; likewise
    n: int  # customers lately
    reason: str | None = None  # too_few_customers

    @property
    def verdict(self) -> Verdict | None:
        """How far it has moved.

        ``little`` below 0.1; ``as_before`` where it was nearly as far at the fit (a
        rhythm, or a company that grows); else ``much`` above 0.25, ``some`` between.
        """
        if self.psi is None or self.psi_before is None:
            return None
        if self.psi < LITTLE:
            return "little"
        if self.psi - self.psi_before < LITTLE:
            return "as_before"
        return "much" if self.psi > MUCH else "some"


@dataclass(frozen=True)
class Kept:
    """How many ended within a horizon, beside how many were said to."""

    expected: float | None  # customers; null without any row that was followed
    observed: int  # customers
    ratio: Estimate  # observed over expected; n is customers

    @property
    def verdict(self) -> Verdict | None:
        """Whether the interval of the ratio holds 1; null without an interval."""
        if self.ratio.low is None or self.ratio.high is None:
            return None
        if self.ratio.low > 1:
            return "more"
        return "fewer" if self.ratio.high < 1 else "as_expected"


def population_shifts(
    forecaster: Forecaster, lately: Landmarks, before: Landmarks
) -> tuple[Shift, ...]:
    """Return how far each used feature has moved since the fit, the farthest first.

    The population stability index is ``sum (now - then) * log(now / then)`` over ten
    parts of what the fit saw (the levels of a category), and the missing.

    Parameters
    ----------
    forecaster
        The fit, with the shares that it saw.
    lately
        Rows of some weeks, on the same day of the week as those of the fit. Without
        any the result is empty; below 100 customers, where luck alone moves the index
        by a tenth, it has the reason ``too_few_customers``.
    before
        Rows of as many weeks before the fit, which say how far weeks are from all
        weeks when nothing has moved.

    Notes
    -----
    Source: Siddiqi (2006), Credit Risk Scorecards. See docs/definitions/forecast.md.

    """
    if len(lately) == 0:
        return ()
    now, past = (forecaster.preparation.read(rows) for rows in (lately, before))
    count = min(len(np.unique(rows.customer)) for rows in (lately, before))
    reason = None if count >= FEWEST_CUSTOMERS else "too_few_customers"
    reference = forecaster.reference
    found = []
    for at, column in enumerate(forecaster.preparation.columns):
        if column.key not in forecaster.card.used:
            continue
        limits, shares = reference.limits[at], reference.shares[at]
        moved, moved_before = (
            None if reason else _stability(shares_of(values[:, at], limits), shares)
            for values in (now, past)
        )
        is_number = isinstance(column, NumberColumn)
        found.append(
            Shift(
                key=column.key,
                psi=moved,
                psi_before=moved_before,
                then=_middle(limits, shares) if is_number else None,
                now=_median(now[:, at]) if is_number else None,
                n=len(np.unique(lately.customer)),
                reason=reason,
            )
        )
    return tuple(sorted(found, key=lambda shift: (-(shift.psi or 0), shift.key)))


def _stability(now: Floats, then: Floats) -> float:
    now = np.maximum(now, SMALLEST_SHARE)
    then = np.maximum(then, SMALLEST_SHARE)
    return float(np.sum((now - then) * np.log(now / then)))


def _middle(limits: Floats, shares: Floats) -> float | None:
    """Return the limit below which half of the known values lie."""
    known = shares[:-1]  # the missing are last
    if len(limits) == 0 or known.sum() == 0:
        return None
    place = int(np.searchsorted(np.cumsum(known) / known.sum(), 0.5 - 1e-9))
    return float(limits[min(place, len(limits) - 1)])


def _median(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else None


def windows(
    days: NDArray[np.int32], *, horizon: int, seen_until: int
) -> NDArray[np.int32]:
    """Return dates whose horizons follow one another and were seen to their end.

    So each customer's time counts once, and its ending at most once.
    """
    chosen: list[int] = []
    for day in np.unique(days).tolist():
        if day + horizon > seen_until:
            break
        if not chosen or day >= chosen[-1] + horizon:
            chosen.append(day)
    return np.array(chosen, np.int32)


def calibration_since(
    landmarks: Landmarks, probabilities: NDArray[np.float64], *, horizon: int
) -> Kept:
    """Return how many ended within `horizon` beside how many were said to.

    Only rows with a probability, on dates whose horizons follow one another
    (`windows`), count. The ratio is 1 where forecasts are right, 1.2 where a fifth
    more ended than was said. Its interval is the exact one of a Poisson count
    (Garwood 1936): a little too wide for chances that are not small. Reasons:
    ``no_follow_up``, ``too_few_events`` (fewer than five ended or were said to).
    """
    known = landmarks.rows(np.isfinite(probabilities))
    chosen = windows(known.as_of, horizon=horizon, seen_until=known.seen_until)
    keep = np.isin(known.as_of, chosen)
    if not keep.any():
        return Kept(None, 0, Estimate.unknown("no_follow_up", n=0))
    rows = known.rows(keep)
    expected = float(rows.weight @ probabilities[np.isfinite(probabilities)][keep])
    observed = int(rows.weight @ rows.churned(horizon))
    customers = len(np.unique(rows.customer))
    if max(expected, observed) < ENOUGH_ENDS:
        few = Estimate.unknown("too_few_events", n=customers, events=observed)
        return Kept(expected, observed, few)
    low, high = (float(end) / expected for end in garwood(np.array(observed)))
    ratio = Estimate(observed / expected, low, high, customers, observed)
    return Kept(expected, observed, ratio)
