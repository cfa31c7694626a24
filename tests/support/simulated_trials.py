"""Trials by lot with a planted effect, the same for all or not."""

from dataclasses import dataclass

import numpy as np

from banso.analytics.panel.landmarks import Feature
from banso.analytics.uplift.arms import Arms


@dataclass(frozen=True)
class Planted:
    """What is planted. Who stays without treatment goes with number 0 in any case."""

    customers: int = 2000
    chance: float = 0.5  # to be treated
    effect: float = 0.1  # mean, in share of customers who stay
    differs: float = 0.0  # more of it for a deviation of number 2
    numbers: int = 5
    levels: int = 4  # of the category


def arms_of(planted: Planted, *, seed: int) -> Arms:
    """Return a simulated trial whose outcome is that a customer stayed."""
    random = np.random.default_rng(seed)
    n = planted.customers
    numbers = random.standard_normal((n, planted.numbers))
    code = random.integers(0, planted.levels, n)
    treated = random.permutation(n) < round(planted.chance * n)
    stays = np.clip(0.5 + 0.08 * numbers[:, 0] + 0.04 * (code - 1.5), 0.05, 0.8)
    stays = stays + treated * (planted.effect + planted.differs * numbers[:, 2])
    blank = random.random(n) < 0.1
    numbers[:, 1] = np.where(blank, np.nan, numbers[:, 1])
    return Arms(
        treated=treated,
        outcome=(random.random(n) < stays).astype(float),
        values=np.column_stack([numbers, code]),
        features=(
            *(Feature(f"number_{i}", "number") for i in range(planted.numbers)),
            Feature("plan", "category", tuple("abcdefgh"[: planted.levels])),
        ),
    )
