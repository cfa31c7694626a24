"""How often intervals of the forecast hold the true chance, where it is known.

    python benchmarks/forecast_coverage.py [--seeds 8] [--set small]

The companies are those of `forecast_few_endings.py`. Each is fitted on what was known
of its first customers after two years; then other customers are taken as they are on
that day, and what may become of each is made up 200 times from the hazards that the
company lives by: that is its true chance. Prints by set, and by how many had left, the
share of true chances that lie within the interval (with its standard error over
companies: the rows of one are right or wrong together), the mean width of intervals,
and the calibration error against the true chances (docs/definitions/calibration.md).
Aims: 90 to 98 % of true chances within, mean calibration error at most .02 within 180
days; where nothing matters (`noise`) more than 98 % may be within, since nobody knows
beforehand that nothing does.
"""

import argparse
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from forecast_few_endings import (
    FIRST_SUNDAY,
    KINDS,
    WEEKS,
    Floats,
    Kind,
    MadeUp,
    company,
    drifted,
    log_hazard,
)
from numpy.typing import NDArray

from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecasts import HORIZONS

FUTURES = 200  # of each customer: a true chance is known to a few hundredths of itself
STRANGERS = 200
BY_LEFT = (0, 50, 75, 100, 250, 10_000)


@dataclass(frozen=True)
class Round:
    """One company: how many left before the fit, and figures by horizon."""

    left: int
    covered: Floats
    width: Floats
    calibration_error: Floats


def main() -> None:
    options = _options()
    every = [str(days) for days in HORIZONS]
    print(f"{'':12}{'left':>5}  within, %, by horizon {'/'.join(every)} days")
    all_rounds: list[Round] = []
    for name in [options.set] if options.set else KINDS:
        rounds = [_judged(KINDS[name], seed) for seed in range(options.seeds)]
        _say(name, rounds)
        if name != "noise":
            all_rounds += rounds
    print("by how many had left, without noise:")
    for low, high in itertools.pairwise(BY_LEFT):
        these = [one for one in all_rounds if low <= one.left < high]
        if len(these) > 1:
            _say(f"{low} to {high - 1}", these)


def _judged(kind: Kind, seed: int) -> Round:
    made_up = company(kind, seed)
    cutoff = FIRST_SUNDAY + 7 * WEEKS
    known = made_up.landmarks.known_by(cutoff)
    model = fit_forecast(known.rows(known.customer < kind.customers), seed=0)
    assert model.reason is None, model.reason
    there = made_up.landmarks.as_of == FIRST_SUNDAY + 7 * (WEEKS - 1)
    place = np.flatnonzero(there & (made_up.landmarks.customer >= kind.customers))
    place = place[:STRANGERS]
    found = model.probabilities(made_up.landmarks.rows(place))
    truth = true_chances(kind, made_up, place, seed)
    within = (found.low <= truth) & (truth <= found.high)
    errors = [_calibration_error(found.p[:, at], truth[:, at]) for at in range(4)]
    return Round(
        model.card.events,
        within.mean(axis=0),
        (found.high - found.low).mean(axis=0),
        np.array(errors),
    )


def _calibration_error(chance: Floats, truth: Floats) -> float:
    """Return it with the true chance in the place of what came, which is luck."""
    bins = np.array_split(np.argsort(chance, kind="stable"), 10)
    return float(np.mean([abs(truth[b].mean() - chance[b].mean()) for b in bins]))


def true_chances(
    kind: Kind, made_up: MadeUp, place: NDArray[np.intp], seed: int
) -> Floats:
    """Return the chance to leave within each horizon, (n, horizons).

    It is that of a customer as it is, also in the numbers that are not written down.
    """
    random = np.random.default_rng([seed, 1])
    rows = made_up.landmarks.rows(place)
    who = np.repeat(rows.customer, FUTURES)
    own = np.repeat(made_up.own[place].astype(float), FUTURES, axis=0)
    tenure = np.repeat(rows.tenure_days.astype(np.int64), FUTURES)
    common = np.sqrt(kind.common) * made_up.factor[who]
    stays, within = np.ones(len(who)), [np.zeros(len(who))]
    for week in range(max(HORIZONS) // 7 + 1):
        numbers = common + np.sqrt(1 - kind.common) * own
        level = made_up.first_level[who]
        risk = log_hazard(kind, numbers, level, tenure + 7 * week)
        stays = stays * np.exp(-np.exp(risk))
        within.append(1 - stays)
        own = drifted(kind, own, random)
    chances = []
    for days in HORIZONS:
        weeks, rest = divmod(days, 7)
        until = within[weeks] + (within[weeks + 1] - within[weeks]) * rest / 7
        chances.append(until.reshape(-1, FUTURES).mean(axis=1))
    return np.column_stack(chances)


def _say(name: str, rounds: Sequence[Round]) -> None:
    covered = np.array([one.covered for one in rounds])
    spread = covered.mean(axis=1).std(ddof=1) / np.sqrt(len(rounds))
    left = np.mean([one.left for one in rounds])
    said = f"{name:12}{left:5.0f}  {_listed(100 * covered.mean(axis=0), '4.1f')}"
    said += f"  all {100 * covered.mean():.1f} (se {100 * spread:.1f})"
    width = np.mean([one.width for one in rounds], axis=0)
    said += f"  width {_listed(width, '.3f')}"
    error = np.mean([one.calibration_error for one in rounds], axis=0)
    print(f"{said}  calibration {_listed(error, '.4f')}")
    sys.stdout.flush()


def _listed(values: Floats, form: str) -> str:
    return " ".join(f"{value:{form}}" for value in values)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--set", choices=sorted(KINDS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
