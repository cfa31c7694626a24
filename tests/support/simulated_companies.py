"""Companies with planted drivers of churn, as weekly landmarks: small and quick."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import CHURN, NO_END, Feature, Landmarks

FIRST_DAY = 19_000  # a Sunday or not: nothing hangs on it
A_YEAR = 52.18  # weeks


@dataclass(frozen=True)
class Company:
    """What is planted. Without a word, nothing goes with churn."""

    customers: int = 200
    weeks: int = 130
    yearly_churn: float = 0.2
    numbers: int = 10
    categories: int = 2
    persistence: float = 0.7  # share of a number's variance that is the customer's own
    driver: float = 0.0  # log hazard for a deviation less of number 0
    passengers: int = 0  # numbers 1.. that go along with number 0
    together: float = 0.8  # their correlation with it
    season: float = 0.0  # of log hazard and of numbers, over the year
    trend: float = 0.0  # the same, from the first to the last week
    tenure: float = 0.0  # the same, from joining to five years
    renewals: bool = False  # customers leave only in the weeks about the anniversary
    every_weeks: int = 1


def landmarks_of(company: Company, *, seed: int) -> Landmarks:
    """Return the landmarks of a simulated company."""
    random = np.random.default_rng(seed)
    n, weeks = company.customers, company.weeks
    joined = random.integers(-150, weeks - 10, n)
    week = np.arange(weeks)
    tenure = week[None, :] - joined[:, None]
    shape = (
        company.season * np.sin(2 * np.pi * week / A_YEAR)[None, :]
        + company.trend * (week / weeks - 0.5)[None, :]
        - company.tenure * np.clip(tenure / (5 * A_YEAR), 0, 1)
    )
    numbers = _numbers(company, random)
    hazard = np.log(company.yearly_churn / A_YEAR) + shape - company.driver * numbers[0]
    chance = np.exp(hazard)
    if company.renewals:
        near = np.mod(tenure, 52) < 4
        chance = np.where(near, chance * 13, 0.0)
    leaving = (random.random((n, weeks)) < chance) & (tenure >= 0)
    last = np.where(leaving.any(1), leaving.argmax(1), weeks)
    there = (tenure >= 0) & (week[None, :] <= last[:, None])
    there &= (week % company.every_weeks == (weeks - 1) % company.every_weeks)[None, :]
    who, when = np.nonzero(there)
    # Numbers go with season, trend and tenure as churn does, but not with the customer.
    values = [series[who, when] - shape[who, when] for series in numbers]
    codes = random.integers(0, 3, (company.categories, n)).astype(float)
    values += [code[who] for code in codes]
    as_of = FIRST_DAY + 7 * when
    left = last < weeks
    leaves_on = np.where(left, FIRST_DAY + 7 * last + random.integers(1, 7, n), NO_END)
    cutoff = FIRST_DAY + 7 * (weeks - 1)
    known = leaves_on[who] <= cutoff
    return Landmarks(
        features=(
            *(Feature(f"number_{i}", "number") for i in range(len(numbers))),
            *(
                Feature(f"category_{i}", "category", ("a", "b", "c"))
                for i in range(company.categories)
            ),
        ),
        values=np.column_stack(values),
        customer=who.astype(np.int64),
        as_of=as_of.astype(np.int32),
        tenure_days=(7 * tenure[who, when]).astype(np.int32),
        leaves_on=np.where(known, leaves_on[who], NO_END).astype(np.int32),
        end_kind=np.where(known, CHURN, -1).astype(np.int8),
        seen_until=cutoff,
        weight=np.ones(len(who)),
    )


def _numbers(
    company: Company, random: np.random.Generator
) -> list[NDArray[np.float64]]:
    """Return each number by customer and week: its level and what comes and goes."""
    shape = (company.numbers, company.customers, company.weeks)
    own = random.standard_normal((*shape[:2], 1)) * np.sqrt(company.persistence)
    passing = random.standard_normal(shape) * np.sqrt(1 - company.persistence)
    numbers = own + passing
    for place in range(1, company.passengers + 1):
        rest = np.sqrt(1 - company.together**2)
        numbers[place] = company.together * numbers[0] + rest * numbers[place]
    return list(numbers)


def without(landmarks: Landmarks, share: float, *, seed: int) -> Landmarks:
    """Return the landmarks with that share of the values blank."""
    random = np.random.default_rng(seed)
    blank = random.random(landmarks.values.shape) < share
    return replace(landmarks, values=np.where(blank, np.nan, landmarks.values))
