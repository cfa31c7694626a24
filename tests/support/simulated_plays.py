"""Firings of a signal in simulated companies whose people choose whom to help."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.standardising import Covariates
from banso.analytics.effects.episodes import (
    LAGS,
    WEEK,
    Begun,
    Episodes,
    Firings,
    episodes_of,
)
from banso.analytics.effects.estimating import Seen

Floats = NDArray[np.float64]
WINDOW = 182
FIRST = 20_000
DAYS = 700


@dataclass(frozen=True)
class Company:
    """A company in which a play multiplies a weekly hazard by `ratio`.

    The worse a customer's health, the more likely are both the play and leaving. With
    `unseen` above 0 so does something that nobody records, but that moved the score a
    quarter before.
    """

    ratio: float
    customers: int = 500
    chosen_by_health: float = 0.8  # log odds of the play for a deviation of health
    unseen: float = 0.0  # log odds of the play, and log hazard
    level: float = 0.012  # hazard a week
    often: float = -1.6  # log odds that a week brings the play

    def drawn(self, seed: int) -> "Drawn":
        """Return the firings, what was begun, and the truth of everybody."""
        rng = np.random.default_rng([seed, round(self.ratio * 100)])
        n = self.customers
        customer = np.repeat(np.arange(n), rng.integers(1, 3, n))
        illness, hidden = rng.normal(size=n), rng.normal(size=n)
        bad = illness[customer] + rng.normal(0, 0.5, len(customer))
        unseen = self.unseen * hidden[customer]
        hazard = self.level * np.exp(0.7 * bad + unseen)
        number = np.arange(len(customer)) - np.searchsorted(customer, customer)
        opened = FIRST + WEEK * rng.integers(0, 40, len(customer)) + 350 * number
        measured = rng.normal(0, 0.3, (2, len(customer)))
        seen = bad + measured[0]  # who chooses sees the score, not the health itself
        odds = self.often + self.chosen_by_health * seen + unseen
        starts = rng.random((len(customer), LAGS)) < (1 / (1 + np.exp(-odds)))[:, None]
        begun = np.where(starts.any(axis=1), starts.argmax(axis=1), -1)
        day = opened + 1 + WEEK * begun + rng.integers(0, WEEK, len(customer))
        weeks = rng.exponential(1 / hazard)
        gone = np.ceil(opened + WEEK * weeks).astype(np.int64)
        helped = (begun >= 0) & (gone > day)
        later = (gone - day) / np.where(helped, self.ratio, 1.0)
        gone = np.where(helped, day + np.ceil(later), gone).astype(np.int64)
        return Drawn(
            customer=customer,
            opened=opened,
            begun=np.where((begun >= 0) & helped, day, -1),
            gone=gone,
            hazard=hazard,
            score=60 - 10 * seen,
            # A quarter before, health was what it was; the unseen showed already.
            earlier=60
            - 10 * (0.8 * bad + hidden[customer] * (self.unseen > 0))
            + 3 * measured[1],
            tenure=rng.integers(100, 1500, len(customer)).astype(float),
        )


@dataclass(frozen=True, eq=False)
class Drawn:
    """One simulated company, by firing."""

    customer: NDArray[np.int64]
    opened: NDArray[np.int64]
    begun: NDArray[np.int64]  # -1: never
    gone: NDArray[np.int64]
    hazard: Floats
    score: Floats
    earlier: Floats
    tenure: Floats

    @property
    def episodes(self) -> Episodes:
        """The rows that are compared."""
        ends = self.opened[:, None] + WEEK * (np.arange(LAGS) + 1)
        has = self.begun >= 0
        return episodes_of(
            Firings(
                self.customer,
                self.opened.astype(np.int32),
                (self.opened + 365).astype(np.int32),
                self.gone[:, None] > ends,
            ),
            Begun(self.customer[has], self.begun[has].astype(np.int32)),
            window_days=WINDOW,
            until=FIRST + 3000,
        )

    def seen(self, episodes: Episodes) -> Seen:
        """Return what was known of rows, and what came of them."""
        at = episodes.firing
        within = self.gone[at] <= episodes.follows + WINDOW
        values = np.column_stack([self.score[at], self.tenure[at]])
        return Seen(
            within.astype(np.float64),
            Covariates(values, ("score", "tenure_days"), frozenset()),
            self.earlier[at][:, None],
            ("score",),
        )

    def truth(self, episodes: Episodes, ratio: float) -> float:
        """Return the mean effect on those with the play."""
        hazard = self.hazard[episodes.firing[episodes.treated]] * WINDOW / WEEK
        return float((np.exp(-hazard) - np.exp(-hazard * ratio)).mean())
