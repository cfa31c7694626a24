"""Three hundred simulated trials: what they promise holds, though looked at weekly."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from banso.analytics.trials.drawing import Lots
from banso.analytics.trials.reading import (
    Entrants,
    Reading,
    Terms,
    compared,
    course_of,
    read_trial,
)

Floats = NDArray[np.float64]
COMPANIES = 300
MANY = 1500  # of which only the end is read: one error of the share is .6 points
CUSTOMERS = 400
WEEKS = 40  # in which they come
WINDOW = 182


@dataclass(frozen=True)
class Mechanism:
    """The way in which customers of Aozora Cloud leave, reduced to what a trial sees.

    The hazard rises by 1.40 for each tenth that the digitisation rate falls short, and
    varies by a factor of its own; the play multiplies it for the weeks of the window.
    """

    ratio: float
    level: float = 0.004  # a week, at a rate of 0.55

    def customers(self, rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
        """Return rate and weekly hazard of some customers."""
        rate = 0.55 * rng.beta(2.5, 3, count)
        hazard = self.level * 1.4 ** ((0.55 - rate) / 0.1) * rng.gamma(4, 0.25, count)
        return rate, hazard

    def chance(self, hazard: Floats, *, treated: NDArray[np.bool_]) -> Floats:
        """Return the chance to leave within the window."""
        return 1 - np.exp(-26 * hazard * np.where(treated, self.ratio, 1.0))

    def effect(self) -> float:
        """Return the true difference, over a million customers."""
        _rate, hazard = self.customers(np.random.default_rng(0), 1_000_000)
        with_play = self.chance(hazard, treated=np.ones_like(hazard, bool))
        without = self.chance(hazard, treated=np.zeros_like(hazard, bool))
        return float((with_play - without).mean())

    def trial(self, seed: int) -> Entrants:
        """Return a trial of this play, drawn as Banso draws."""
        rng = np.random.default_rng([seed, round(self.ratio * 100)])
        rate, hazard = self.customers(rng, CUSTOMERS)
        lots = Lots(seed=seed, share_held_out=0.5)
        arms = [lots.arm("", place) for place in range(CUSTOMERS)]
        treated = np.array([arm == "treated" for arm in arms])
        leaves = rng.random(CUSTOMERS) < self.chance(hazard, treated=treated)
        known = np.column_stack(
            [rate + rng.normal(0, 0.05, CUSTOMERS), rng.integers(90, 900, CUSTOMERS)]
        )
        week = np.sort(rng.integers(0, WEEKS, CUSTOMERS))
        return Entrants(
            (20_000 + 7 * week).astype(np.int32), treated, leaves * 1.0, known
        )


TERMS = Terms(
    is_good=False,
    window_days=WINDOW,
    planned=CUSTOMERS,
    smallest_effect=0.05,
    stopped_on=None,
)


def readings(mechanism: Mechanism) -> list[Reading]:
    return [
        read_trial(mechanism.trial(seed), TERMS, until=25_000)
        for seed in range(COMPANIES)
    ]


def coverage(mechanism: Mechanism, truth: float) -> float:
    """Return how often the interval at the planned end covers the truth."""
    inside = []
    for seed in range(MANY):
        who = mechanism.trial(seed)
        course = course_of(who, TERMS, until=25_000)
        _found, low, high = compared(who, course, window_days=WINDOW)
        assert course.basis == "planned_end"
        assert low is not None
        assert high is not None
        inside.append(low <= truth <= high)
    return float(np.mean(inside))


def says(reading: Reading, *, below: bool) -> bool:
    """Return whether any look, or the end, found an effect on one side."""
    bounds = [(look.low, look.high) for look in reading.looks]
    bounds.append((reading.low, reading.high))
    return any(
        low is not None and high is not None and (high < 0 if below else low > 0)
        for low, high in bounds
    )


@pytest.fixture(scope="module")
def with_effect() -> list[Reading]:
    return readings(Mechanism(ratio=0.40))


@pytest.fixture(scope="module")
def without_effect() -> list[Reading]:
    return readings(Mechanism(ratio=1.0))


def test_the_interval_covers_a_planted_effect() -> None:
    mechanism = Mechanism(ratio=0.40)
    truth = mechanism.effect()

    assert -0.16 < truth < -0.08
    assert 0.93 <= coverage(mechanism, truth) <= 0.97


def test_the_interval_covers_no_effect() -> None:
    assert 0.93 <= coverage(Mechanism(ratio=1.0), 0.0) <= 0.97


def test_the_planted_effect_is_proven_and_often_before_the_end(
    with_effect: list[Reading],
) -> None:
    proven = [each for each in with_effect if each.verdict == "proven"]
    early = [
        each
        for each in proven
        if each.decided_on is not None
        and each.ends_on is not None
        and each.decided_on < each.ends_on
    ]

    assert len(proven) > 0.85 * COMPANIES
    assert len(early) > 0.15 * COMPANIES
    assert not any(each.verdict == "harmful" for each in with_effect)


def test_nothing_is_proven_falsely_more_than_one_time_in_twenty(
    without_effect: list[Reading],
) -> None:
    """Thirty to sixty looks each, and the end; 3 % are promised."""
    looks = np.mean([len(each.looks) for each in without_effect])
    proven = np.mean([says(each, below=True) for each in without_effect])
    harmful = np.mean([says(each, below=False) for each in without_effect])

    assert looks > 30
    assert proven <= 0.05
    assert harmful <= 0.05


def test_no_always_valid_interval_misses_the_effect_at_any_look(
    with_effect: list[Reading], without_effect: list[Reading]
) -> None:
    """Of all trials, at most 1 % may have a single look that misses."""
    missed = 0
    for found, truth in (
        (with_effect, Mechanism(ratio=0.40).effect()), (without_effect, 0.0),
    ):  # fmt: skip
        missed += sum(
            any(
                look.low is not None
                and look.high is not None
                and not look.low <= truth <= look.high
                for look in each.looks
            )
            for each in found
        )

    assert missed <= 0.01 * 2 * COMPANIES + 4  # and two errors of such a count
