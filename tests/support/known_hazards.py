"""Companies whose chances to leave are known exactly, as weekly landmarks."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import (
    CHURN,
    NO_END,
    NON_PAYMENT,
    Feature,
    Landmarks,
)

FIRST_DAY = 20_000
LEVELS = ("basic", "plus", "pro")
OF_LEVEL = np.array([0.4, 0.0, -0.4])
FALLS_QUIET, WAKES = 0.03, 0.12  # per week


@dataclass(frozen=True)
class Hazards:
    """What decides who leaves. With an effect of 0 nothing does."""

    customers: int = 500
    weeks: int = 104
    yearly: float = 0.2  # of a usual customer
    effect: float = 1.0
    other_ends: float = 0.0  # per year
    season: float = 0.0  # of the log hazard, over the calendar's year
    noise: int = 4  # numbers without any effect


@dataclass(frozen=True)
class KnownCompany:
    """Landmarks, and the weekly hazards behind each."""

    landmarks: Landmarks
    awake: NDArray[np.float64]  # (n,) weekly hazard while used
    quiet: NDArray[np.float64]  # (n,) while quiet
    other: float

    def truth(self, days: int) -> NDArray[np.float64]:
        """Return the true chance to leave by choice within `days`, (n,)."""
        is_quiet = self.landmarks.column("is_quiet") > 0
        there = np.column_stack([~is_quiet, is_quiet]).astype(float)
        chance, before = np.zeros(len(is_quiet)), np.zeros(len(is_quiet))
        weeks, rest = divmod(days, 7)
        for _week in range(weeks + 1):
            before = chance.copy()
            chance += there[:, 0] * self.awake + there[:, 1] * self.quiet
            there[:, 0] *= 1 - self.awake - self.other
            there[:, 1] *= 1 - self.quiet - self.other
            asleep = there[:, 0] * FALLS_QUIET - there[:, 1] * WAKES
            there[:, 0] -= asleep
            there[:, 1] += asleep
        return before + (chance - before) * rest / 7


def known_company(hazards: Hazards, *, seed: int) -> KnownCompany:
    """Return a company that lives by the hazards."""
    random = np.random.default_rng(seed)
    n, days = hazards.customers, 7 * hazards.weeks
    joined = random.integers(-700, days - 60, n)
    numbers = random.standard_normal((n, 2 + hazards.noise))
    numbers[:, 1] = np.exp(1 + numbers[:, 1])  # a count with a long tail
    plan = random.integers(0, 3, n)
    score = -0.6 * numbers[:, 0] - 0.3 * np.log(numbers[:, 1]) + OF_LEVEL[plan]
    base = np.log(hazards.yearly / 52) - 0.25 + 0.3
    other = hazards.other_ends / 52
    is_quiet = random.random(n) < FALLS_QUIET / (FALLS_QUIET + WAKES)
    there, leaves_on = np.ones(n, bool), np.full(n, NO_END, np.int64)
    kind = np.full(n, -1, np.int8)
    parts = []
    for week in range(hazards.weeks):
        day = FIRST_DAY + 7 * week
        here = np.flatnonzero(there & (joined <= 7 * week))
        swing = hazards.season * np.sin(2 * np.pi * day / 364)
        awake = np.exp(base + hazards.effect * score + swing)
        quiet = awake * np.exp(hazards.effect)
        parts.append((here, week, is_quiet[here], awake[here], quiet[here]))
        chance = np.where(is_quiet, quiet, awake)[here]
        drawn = random.random(len(here))
        ended = drawn < chance + other
        gone = here[ended]
        leaves_on[gone] = day + random.integers(1, 8, len(gone))
        kind[gone] = np.where(drawn[ended] < chance[ended], CHURN, NON_PAYMENT)
        there[gone] = False
        flips = random.random(n) < np.where(is_quiet, WAKES, FALLS_QUIET)
        is_quiet = is_quiet ^ flips
    return _company(parts, numbers, plan, (joined, leaves_on, kind), other)


def _company(parts, numbers, plan, lives, other: float) -> KnownCompany:
    joined, leaves_on, kind = lives
    who = np.concatenate([part[0] for part in parts])
    week = np.concatenate([np.full(len(part[0]), part[1]) for part in parts])
    quiet_now, awake, quiet = (
        np.concatenate([part[at] for part in parts]) for at in (2, 3, 4)
    )
    order = np.lexsort((week, who))
    who, week = who[order], week[order]
    names = ["steady_use", "team_size", *(f"noise_{i}" for i in range(99))]
    features = [Feature(name, "number") for name in names[: numbers.shape[1]]]
    features += [Feature("plan", "category", LEVELS), Feature("is_quiet", "number")]
    seen_until = FIRST_DAY + 7 * len(parts)
    known = leaves_on[who] <= seen_until
    landmarks = Landmarks(
        features=tuple(features),
        values=np.column_stack([numbers[who], plan[who], quiet_now[order]]).astype(
            float
        ),
        customer=who.astype(np.int64),
        as_of=(FIRST_DAY + 7 * week).astype(np.int32),
        tenure_days=(7 * week - joined[who]).astype(np.int32),
        leaves_on=np.where(known, leaves_on[who], NO_END).astype(np.int32),
        end_kind=np.where(known, kind[who], -1).astype(np.int8),
        seen_until=seen_until,
        weight=np.ones(len(who)),
    )
    return KnownCompany(landmarks, awake[order], quiet[order], other)


def with_column(landmarks: Landmarks, feature: Feature, values) -> Landmarks:
    """Return the landmarks with one more feature."""
    return replace(
        landmarks,
        features=(*landmarks.features, feature),
        values=np.column_stack([landmarks.values, values]),
    )
