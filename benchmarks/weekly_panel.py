"""Fit and score a weekly panel in a process of its own, beside LightGBM.

    python benchmarks/weekly_panel.py [--customers 100000] [--weeks 104] [--features 30]

Prints seconds, peak memory and the AUC of leaving within 90 days on later landmarks,
for Banso and for LightGBM on the same rows, and the AUC that the true hazards reach.
LightGBM sees landmarks four weeks apart whose 90 days were known, all of them, without
thinning. Aims at full size: 600 s and 8 GB on two cores, AUC within 0.005.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import NO_END, Feature, Landmarks

FIRST_SUNDAY = 20057  # 2024-12-01
HORIZON = 90
LATER_WEEKS = 26  # of the panel, after the day of the fit
Floats = NDArray[np.float64]


def main() -> None:
    options = _options()
    if options.part:
        print(json.dumps(PARTS[options.part](options)))
        return
    for part in PARTS:
        figures = json.loads(_run(part, options))
        print(
            f"{part:9} " + "  ".join(f"{key} {value}" for key, value in figures.items())
        )
        sys.stdout.flush()


def _banso(options: argparse.Namespace) -> dict[str, object]:
    """Fit on what was known half a year before the end, then score every week."""
    from banso.analytics.forecast.fitting import fit_forecast  # noqa: PLC0415

    landmarks, risk = company(options)
    cutoff = _cutoff(landmarks)
    began = time.perf_counter()
    model = fit_forecast(landmarks.known_by(cutoff), seed=0)
    fitted = time.perf_counter()
    assert model.reason is None, model.reason
    chances = model.probabilities(landmarks)
    scored = time.perf_counter()
    later = _later(landmarks, cutoff)
    labels = landmarks.churned(HORIZON)[later]
    return {
        "rows": len(landmarks),
        "family": model.card.family,
        "fit_s": round(fitted - began, 1),
        "score_s": round(scored - fitted, 1),
        "total_s": round(scored - began, 1),
        "peak_gb": _peak(),
        **_figures(chances.of(HORIZON)[later], labels),
        "oracle_auc": _figures(risk[later], labels)["auc"],
    }


def _lightgbm(options: argparse.Namespace) -> dict[str, object]:
    """Fit LightGBM to leaving within 90 days, stopped by other customers."""
    import lightgbm  # noqa: PLC0415

    landmarks, _ = company(options)
    cutoff = _cutoff(landmarks)
    began = time.perf_counter()
    known = landmarks.known_by(cutoff)
    four_weekly = (cutoff - known.as_of) % 28 < 7
    known = known.rows(known.followed(HORIZON) & four_weekly)
    held_out = known.customer % 5 == 0
    values = np.column_stack([known.values, known.tenure_days])
    labels = known.churned(HORIZON)
    machine = lightgbm.LGBMClassifier(
        n_estimators=1000, learning_rate=0.05, n_jobs=2, verbose=-1, random_state=0
    )
    machine.fit(
        values[~held_out],
        labels[~held_out],
        eval_X=values[held_out],
        eval_y=labels[held_out],
        callbacks=[lightgbm.early_stopping(30, verbose=False)],
    )
    fitted = time.perf_counter()
    later = _later(landmarks, cutoff)
    rows = landmarks.rows(later)
    chances = machine.predict_proba(np.column_stack([rows.values, rows.tenure_days]))
    return {
        "rows": len(landmarks),
        "trees": machine.best_iteration_,
        "fit_s": round(fitted - began, 1),
        "peak_gb": _peak(),
        **_figures(chances[:, 1], landmarks.churned(HORIZON)[later]),
    }


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, object]]] = {
    "banso": _banso,
    "lightgbm": _lightgbm,
}


def company(options: argparse.Namespace) -> tuple[Landmarks, Floats]:
    """Return the panel of a simulated company, and the weekly hazard of each row.

    A third of the features are set at the start, a third drift from week to week, and
    a third are their changes over four weeks. Six matter: two straight, one bent, one
    with a threshold, one change, and one only together with another.
    """
    random = np.random.default_rng(options.seed)
    customers, weeks, width = options.customers, options.weeks, options.features
    third = width // 3
    start = random.integers(-3 * 364, weeks * 7 - 28, customers)
    fixed = random.normal(size=(customers, third)).astype(np.float32)
    drifting = random.normal(size=(customers, third)).astype(np.float32)
    before = [drifting] * 4
    there = np.ones(customers, bool)
    leaves_on = np.full(customers, NO_END, np.int32)
    parts: list[tuple[NDArray[np.intp], NDArray[np.float32], Floats]] = []
    for week in range(weeks):
        day = FIRST_SUNDAY + week * 7
        shock = random.normal(size=drifting.shape).astype(np.float32)
        drifting = 0.95 * drifting + np.float32(np.sqrt(1 - 0.95**2)) * shock
        change = drifting - before.pop(0)
        before.append(drifting)
        here = np.flatnonzero(there & (start <= week * 7))
        values = np.hstack([fixed[here], drifting[here], change[here]])
        extra = width - values.shape[1]
        noise = random.normal(size=(len(here), extra)).astype(np.float32)
        tenure = week * 7 - start[here]
        odds = _odds(fixed[here], drifting[here], change[here], tenure)
        parts.append((here, np.hstack([values, noise]), odds))
        gone = here[random.random(len(here)) < 1 / (1 + np.exp(-odds))]
        leaves_on[gone] = day + random.integers(1, 8, len(gone))
        there[gone] = False
    return _landmarks(parts, leaves_on, start, width)


def _odds(
    fixed: NDArray[np.float32],
    drifting: NDArray[np.float32],
    change: NDArray[np.float32],
    tenure: NDArray[np.int64],
) -> Floats:
    """Return the log-odds of leaving within the week."""
    odds = -5.6 - 0.5 * drifting[:, 0] + 0.4 * fixed[:, 0] - 0.3 * change[:, 1]
    odds = odds + 0.35 * np.abs(drifting[:, 2]) + 0.6 * (fixed[:, 1] > 1)
    odds = odds + 0.3 * fixed[:, 2] * drifting[:, 3] + 0.6 * (tenure < 365)
    return odds.astype(float)


def _landmarks(
    parts: list[tuple[NDArray[np.intp], NDArray[np.float32], Floats]],
    leaves_on: NDArray[np.int32],
    start: NDArray[np.int64],
    width: int,
) -> tuple[Landmarks, Floats]:
    customer = np.concatenate([part[0] for part in parts])
    sizes = [len(part[0]) for part in parts]
    as_of = np.repeat(FIRST_SUNDAY + 7 * np.arange(len(parts)), sizes)
    order = np.lexsort((as_of, customer))
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    values, risk = np.empty((len(order), width)), np.empty(len(order))
    begin = 0
    while parts:
        _, block, odds = parts.pop(0)
        rows = place[begin : begin + len(block)]
        values[rows], risk[rows] = block, odds
        begin += len(block)
    customer, as_of = customer[order], as_of[order]
    left = leaves_on[customer]
    features = tuple(
        Feature(f"feature_{number:02}", "number") for number in range(width)
    )
    landmarks = Landmarks(
        features,
        values,
        customer.astype(np.int64),
        as_of.astype(np.int32),
        (as_of - FIRST_SUNDAY - start[customer]).astype(np.int32),
        left,
        np.where(left == NO_END, -1, 0).astype(np.int8),
        FIRST_SUNDAY + 7 * len(sizes),
        np.ones(len(order)),
    )
    return landmarks, risk


def _cutoff(landmarks: Landmarks) -> int:
    return landmarks.seen_until - LATER_WEEKS * 7


def _later(landmarks: Landmarks, cutoff: int) -> NDArray[np.intp]:
    """Return the rows after the fit that were followed, one date in four weeks."""
    weekly = (landmarks.as_of >= cutoff) & ((landmarks.as_of - cutoff) % 28 < 7)
    return np.flatnonzero(weekly & landmarks.followed(HORIZON))


def _figures(chances: Floats, labels: NDArray[np.bool_]) -> dict[str, object]:
    from banso.analytics.figures.ranking import auc  # noqa: PLC0415

    found = auc(chances, labels)
    inside = np.clip(chances, 1e-12, 1 - 1e-12)
    loss = -np.mean(np.where(labels, np.log(inside), np.log(1 - inside)))
    return {"auc": round(found.value or 0.0, 4), "log_loss": round(float(loss), 5)}


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)


def _run(part: str, options: argparse.Namespace) -> str:
    command = [sys.executable, str(Path(__file__)), "--part", part]
    for name in ("customers", "weeks", "features", "seed"):
        command += [f"--{name}", str(getattr(options, name))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--features", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", choices=sorted(PARTS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
