"""Time survival curves, ranking and Cox's regression, with lifelines as the yardstick.

Usage: python benchmarks/survival.py [--rows 1000000] [--cox-rows 100000]
"""

import argparse
import gc
import time
import warnings
from collections.abc import Callable

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from lifelines import CoxPHFitter, KaplanMeierFitter

from banso.analytics.figures.calibration import calibration
from banso.analytics.figures.ranking import auc, lift_at
from banso.analytics.survival.concordance import concordance
from banso.analytics.survival.curve_expression import survival_rows
from banso.analytics.survival.curves import SurvivalCurve, survival_curve
from banso.analytics.survival.hazards import ProportionalHazards, proportional_hazards
from banso.analytics.survival.log_rank import log_rank

COVARIATES = 30
DAYS = 1500  # followed at most


def timed(name: str, run: Callable[[], object], *, times: int = 3) -> object:
    """Run `times` times, print the quickest, return the last result."""
    seconds = []
    result: object = None
    for _ in range(times):
        gc.collect()
        started, worked = time.perf_counter(), time.process_time()
        result = run()
        seconds.append((time.perf_counter() - started, time.process_time() - worked))
    wall, cpu = min(seconds)
    print(f"  {name:<46} {wall:8.3f} s {cpu:8.3f} CPU s")
    return result


def lives(rows: int, *, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return days followed, whether the end was seen, and covariates."""
    rng = np.random.default_rng(seed)
    covariates = rng.normal(size=(rows, COVARIATES))
    pace = np.exp(0.3 * covariates[:, 0] - 0.2 * covariates[:, 1])
    left = np.ceil(rng.exponential(900 / pace))
    seen = rng.integers(1, DAYS, rows)
    return np.minimum(left, seen), left <= seen, covariates


def curves(durations: np.ndarray, events: np.ndarray) -> None:
    """Time the curve as arrays, as an expression on DuckDB, and by lifelines."""
    connection = ibis.duckdb.connect()
    table = pa.table({"days": durations, "left": events})
    connection.con.register("given", table)
    connection.raw_sql("create table stays as from given")
    expression = survival_rows(
        connection.table("stays"), duration="days", event="left"
    ).order_by("time")
    found = timed("survival_curve", lambda: survival_curve(durations, events))
    drawn = timed("survival_rows on DuckDB", expression.to_pyarrow)
    fit = timed(
        "lifelines KaplanMeierFitter",
        lambda: KaplanMeierFitter().fit(durations, events),
    )
    assert isinstance(found, SurvivalCurve)
    assert isinstance(drawn, pa.Table)
    wanted = fit.survival_function_.iloc[:, 0].reindex(found.times).to_numpy()  # type: ignore[attr-defined]
    apart = [
        float(np.abs(found.survival - wanted).max()),
        float(np.abs(found.survival - drawn["survival"].to_numpy()).max()),
    ]
    print(f"  {len(found.times)} times; apart from lifelines {apart[0]:.0e}, ", end="")
    print(f"from the expression {apart[1]:.0e}")


def rankings(durations: np.ndarray, events: np.ndarray, scores: np.ndarray) -> None:
    """Time the figures that compare scores with ends."""
    customer = np.arange(len(scores)) // 50
    chances = 1 / (1 + np.exp(-scores))
    timed("auc", lambda: auc(scores, events))
    timed("auc, 50 rows per customer", lambda: auc(scores, events, clusters=customer))
    timed("lift_at", lambda: lift_at(scores, events, clusters=customer))
    timed("calibration", lambda: calibration(chances, events, clusters=customer))
    groups = np.arange(len(scores)) % 4
    timed("log_rank, 4 groups", lambda: log_rank(durations, events, groups))
    timed("concordance", lambda: concordance(durations, events, scores), times=1)


def regression(rows: int) -> None:
    """Time Cox's regression, and lifelines on the same rows."""
    durations, events, covariates = lives(rows, seed=2)
    names = [f"x{place}" for place in range(COVARIATES)]
    found = timed(
        "proportional_hazards",
        lambda: proportional_hazards(durations, events, covariates, names=names),
    )
    frame = pd.DataFrame(covariates, columns=names).assign(days=durations, left=events)
    fit = timed(
        "lifelines CoxPHFitter",
        lambda: CoxPHFitter().fit(frame, "days", "left"),
        times=1,
    )
    timed("lifelines concordance", lambda: fit.concordance_index_, times=1)  # type: ignore[attr-defined]
    assert isinstance(found, ProportionalHazards)
    apart = np.abs(found.coefficients - fit.params_.to_numpy()).max()  # type: ignore[attr-defined]
    print(f"  {found.events} ends; coefficients apart by at most {apart:.0e}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--cox-rows", type=int, default=100_000)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # lifelines' own
    durations, events, covariates = lives(arguments.rows)
    print(f"{arguments.rows} rows, whole days")
    curves(durations, events)
    rankings(durations, events, covariates[:, 0])
    print(f"{arguments.rows} rows, hardly any tie")
    jitter = np.random.default_rng(3).random(arguments.rows)
    curves(durations - jitter, events)
    print(f"{arguments.cox_rows} rows, {COVARIATES} covariates")
    regression(arguments.cox_rows)


if __name__ == "__main__":
    main()
