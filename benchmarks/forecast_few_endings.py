"""The forecast beside plain logistic regression where few have left.

    python benchmarks/forecast_few_endings.py [--seeds 20] [--set b2b]

For each made-up company a forecast is fitted on what was known after two years, of the
first customers alone, and judged on the 13 weeks after that: who of all customers (four
times as many, so that luck blurs less) leaves within 90 days? Beside it are the naive
rules, fitted on the same rows. Prints for each kind of company the mean over seeds of
AUC and log loss, and of the paired differences with their standard errors. Aims: log
loss below that of logistic regression everywhere, AUC not below it by more than luck;
where nothing matters, log loss above that of the last rate by at most .001.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.naive_rules import naive_chances
from banso.analytics.panel.landmarks import NO_END, Feature, Landmarks

FIRST_SUNDAY = 19_729  # 2024-01-07
WEEKS, LATER_WEEKS, HORIZON = 104, 13, 90
SEEN_WEEKS = WEEKS + LATER_WEEKS + 13
JUDGED = 4  # times as many customers are judged as are fitted on
RENEWAL = 364
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """What a kind of company is like."""

    customers: int
    yearly: float  # share that leaves in a year, about
    numbers: int
    odds: Callable[[Floats], Floats]  # of the numbers, beside a usual customer
    levels: int = 0  # of each of two categories; the first matters, the second not
    common: float = 0.0  # share of the numbers' variance that is one factor's
    is_steady: bool = False  # no number changes: a company without usage
    renews: bool = False  # most leave when their year is over


def _nothing(x: Floats) -> Floats:
    return np.zeros(len(x))


def _few_matter(x: Floats) -> Floats:
    """One strong driver, one weaker, a threshold, and a number that needs another."""
    return (
        -1.0 * x[:, 0] + 0.4 * x[:, 1] + 1.0 * (x[:, 2] > 1) + 0.5 * x[:, 3] * x[:, 0]
    )


def _two_matter(x: Floats) -> Floats:
    return -0.6 * x[:, 0] - 0.4 * x[:, 1]


def _all_matter(x: Floats) -> Floats:
    size = np.linspace(0.05, 0.2, x.shape[1])
    return x @ (size * (-1.0) ** np.arange(x.shape[1]))


def _factor_matters(x: Floats) -> Floats:
    return -0.7 * x.mean(axis=1)


KINDS: Mapping[str, Kind] = {
    "noise": Kind(1000, 0.12, 30, _nothing),
    "b2b": Kind(1500, 0.042, 30, _few_matter),
    "renewals": Kind(1500, 0.055, 30, _few_matter, levels=4, renews=True),
    "few": Kind(300, 0.12, 40, _two_matter),
    "steady": Kind(800, 0.10, 12, _two_matter, levels=5, is_steady=True),
    "correlated": Kind(1000, 0.12, 10, _factor_matters, common=0.9),
    "dense": Kind(2000, 0.20, 30, _all_matter),
    "small": Kind(400, 0.075, 43, _two_matter, levels=3),
}


def main() -> None:
    options = _options()
    print(f"{'':13}{'left':>5}{'AUC':>7}{'log loss':>10}  beside")
    for name in [options.set] if options.set else KINDS:
        kind = KINDS[name]
        rounds = [_judged(*_split(kind, seed)) for seed in range(options.seeds)]
        _say(name, rounds)
        sys.stdout.flush()


@dataclass(frozen=True)
class Round:
    """One company: how many left before the fit, AUC and log loss of each rule."""

    left: int
    family: str
    figures: Mapping[str, tuple[float, float]]


def _judged(known: Landmarks, later: Landmarks) -> Round:
    model = fit_forecast(known, seed=0)
    assert model.reason is None, model.reason
    outcome = later.churned(HORIZON)
    chances = {"ours": model.probabilities(later).of(HORIZON)}
    chances |= naive_chances(known, later, horizon=HORIZON)
    figures = {name: _figures(found, outcome) for name, found in chances.items()}
    return Round(model.card.events, model.card.family, figures)


def _figures(chances: Floats, outcome: NDArray[np.bool_]) -> tuple[float, float]:
    """Return AUC (1/2 where all chances are the same) and log loss."""
    from scipy.stats import rankdata  # noqa: PLC0415

    ended = int(outcome.sum())
    above = rankdata(chances)[outcome].sum() - ended * (ended + 1) / 2
    losses = np.where(outcome, np.log(chances), np.log1p(-chances))
    return above / (ended * (len(outcome) - ended)), -float(losses.mean())


def _say(name: str, rounds: list[Round]) -> None:
    left = np.mean([one.left for one in rounds])
    ours = np.array([one.figures["ours"] for one in rounds])
    said = f"{name:13}{left:5.0f}{ours[:, 0].mean():7.3f}{ours[:, 1].mean():10.4f}"
    for rule in ("logistic", "last_rate"):
        differ = ours - np.array([one.figures[rule] for one in rounds])
        error = differ.std(axis=0, ddof=1) / np.sqrt(len(rounds))
        said += f"  {rule}: AUC {differ[:, 0].mean():+.4f} ({error[0]:.4f})"
        said += f" log loss {differ[:, 1].mean():+.5f} ({error[1]:.5f})"
        said += f" worse in {(differ[:, 1] > 0).sum()}"
    print(said)


def _split(kind: Kind, seed: int) -> tuple[Landmarks, Landmarks]:
    """Return what is known of the first customers, and the later dates of all."""
    everybody = company(kind, seed).landmarks
    cutoff = FIRST_SUNDAY + 7 * WEEKS
    known = everybody.known_by(cutoff)
    age = everybody.as_of - cutoff
    later = (age >= 0) & (age % 28 < 7) & everybody.followed(HORIZON)
    return known.rows(known.customer < kind.customers), everybody.rows(later)


@dataclass(frozen=True)
class MadeUp:
    """Weekly rows of a company, and what decides who leaves."""

    landmarks: Landmarks
    factor: Floats  # (customers, 1)
    own: NDArray[np.float32]  # (n, numbers) each number's own part, on the day
    first_level: NDArray[np.int64]  # (customers,)


def company(kind: Kind, seed: int) -> MadeUp:
    """Return the weekly rows of a made-up company.

    Half of the numbers stay as they are, half drift; every third has a long tail, as
    counts have, and every fourth is missing for some. New customers keep coming.
    """
    random = np.random.default_rng(seed)
    count, width = JUDGED * kind.customers, kind.numbers
    begins = random.integers(-3 * 364, SEEN_WEEKS * 7 - 28, count)
    groups = random.integers(0, max(kind.levels, 1), (count, 2))
    factor, own = random.normal(size=(count, 1)), random.normal(size=(count, width))
    missing = random.random((count, width)) < 0.15 * (np.arange(width) % 4 == 3)
    there, leaves_on = np.ones(count, bool), np.full(count, NO_END, np.int32)
    parts = []
    for week in range(SEEN_WEEKS):
        own = drifted(kind, own, random)
        here = np.flatnonzero(there & (begins <= week * 7))
        tenure = week * 7 - begins[here]
        numbers = np.sqrt(kind.common) * factor[here]
        numbers = numbers + np.sqrt(1 - kind.common) * own[here]
        risk = log_hazard(kind, numbers, groups[here, 0], tenure)
        seen = _seen(numbers, missing[here]), own[here].astype(np.float32)
        parts.append((here, week, seen, tenure))
        gone = here[random.random(len(here)) < -np.expm1(-np.exp(risk))]
        leaves_on[gone] = FIRST_SUNDAY + 7 * week + random.integers(1, 8, len(gone))
        there[gone] = False
    landmarks, hidden = _landmarks(kind, parts, groups, leaves_on)
    return MadeUp(landmarks, factor, hidden, groups[:, 0])


def drifted(kind: Kind, own: Floats, random: np.random.Generator) -> Floats:
    """Return the numbers' own parts a week later: every second one drifts."""
    if kind.is_steady:
        return own
    moved = 0.95 * own + np.sqrt(1 - 0.95**2) * random.normal(size=own.shape)
    return np.where(np.arange(own.shape[-1]) % 2 == 1, moved, own)


def log_hazard(
    kind: Kind, numbers: Floats, level: NDArray[np.int64], tenure: NDArray[np.int64]
) -> Floats:
    """Return the logarithm of the hazard of each customer in one week, (n,)."""
    risk = np.log(kind.yearly / 52) + kind.odds(numbers)
    if kind.levels:
        risk = risk + np.linspace(-0.8, 0.8, kind.levels)[level]
    if kind.renews:
        risk = risk + np.where(RENEWAL - tenure % RENEWAL <= 14, 2.5, -1.0)
    return risk


def _seen(numbers: Floats, missing: NDArray[np.bool_]) -> Floats:
    """Return the numbers as they are written down."""
    seen = np.where(missing, np.nan, numbers)
    seen[:, ::3] = np.exp(1 + seen[:, ::3])
    return seen


def _landmarks(
    kind: Kind,
    parts: list[
        tuple[
            NDArray[np.intp], int, tuple[Floats, NDArray[np.float32]], NDArray[np.int64]
        ]
    ],
    groups: NDArray[np.int64],
    leaves_on: NDArray[np.int32],
) -> tuple[Landmarks, NDArray[np.float32]]:
    who = np.concatenate([part[0] for part in parts])
    week = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    values = np.concatenate([part[2][0] for part in parts])
    own = np.concatenate([part[2][1] for part in parts])
    tenure = np.concatenate([part[3] for part in parts])
    features = [Feature(f"number_{at:02}", "number") for at in range(kind.numbers)]
    if kind.levels:
        levels = tuple(f"level {at}" for at in range(kind.levels))
        features += [Feature(name, "category", levels) for name in ("plan", "region")]
        values = np.column_stack([values, groups[who]])
    if kind.renews:
        features.append(Feature("days_to_renewal", "number"))
        values = np.column_stack([values, RENEWAL - tenure % RENEWAL])
    order = np.lexsort((week, who))
    left = leaves_on[who]
    landmarks = Landmarks(
        tuple(features),
        values,
        who.astype(np.int64),
        (FIRST_SUNDAY + 7 * week).astype(np.int32),
        tenure.astype(np.int32),
        left,
        np.where(left == NO_END, -1, 0).astype(np.int8),
        FIRST_SUNDAY + 7 * len(parts),
        np.ones(len(who)),
    )
    return landmarks.rows(order), own[order]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--set", choices=sorted(KINDS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
