"""How long the table of drivers takes for a million customers and 30 columns.

    .venv/bin/python benchmarks/drivers_table.py [--customers 1000000] [--columns 30]

Makes up customers with one landmark each on 13 dates (four years, twelve weeks apart),
27 numbers and three categories, of which a tenth goes with churn, every fifth is blank
in places, and two copy another; 8 % leave within twelve weeks. Prints seconds, what was
found, and the most memory that the process had. `--landmarks 4` gives each customer
that many dates in a row, and so as many times the rows.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from banso.analytics.drivers.matching import WINDOW_DAYS
from banso.analytics.drivers.table import driver_table
from banso.analytics.panel.landmarks import CHURN, NO_END, Feature, Landmarks

DATES = 13
FIRST_DAY = 19_000
CATEGORIES = 3


def made_up(customers: int, columns: int, landmarks: int) -> Landmarks:
    random = np.random.default_rng(20261123)
    customer = np.repeat(np.arange(customers), landmarks)
    first = random.integers(0, DATES - landmarks + 1, customers)
    date = first[customer] + np.tile(np.arange(landmarks), customers)
    as_of = FIRST_DAY + WINDOW_DAYS * date
    tenure = random.integers(0, 2_000, customers)[customer] + WINDOW_DAYS * date
    rows = len(customer)
    values = np.empty((rows, columns))
    for place in range(columns - CATEGORIES):
        values[:, place] = random.standard_normal(rows)
        if place % 5 == 4:
            values[random.random(rows) < 0.3, place] = np.nan
    for place in range(columns - CATEGORIES, columns):
        values[:, place] = random.integers(0, 4 + place % 3, rows)
    values[:, 2] = 0.8 * values[:, 0] + 0.6 * values[:, 2]
    values[:, 3], values[:, 5] = np.exp(values[:, 0]), values[:, 1]
    chance = 0.08 * np.exp(-0.4 * values[:, 0] - 0.2 * values[:, 1])
    left = random.random(rows) < np.minimum(chance, 1)
    leaves_on = np.where(left, as_of + random.integers(1, WINDOW_DAYS, rows), NO_END)
    return Landmarks(
        features=tuple(
            Feature(f"column_{place}", "number")
            if place < columns - CATEGORIES
            else Feature(f"column_{place}", "category", tuple("abcdef"))
            for place in range(columns)
        ),
        values=values,
        customer=customer,
        as_of=as_of.astype(np.int32),
        tenure_days=tenure.astype(np.int32),
        leaves_on=leaves_on.astype(np.int32),
        end_kind=np.where(left, CHURN, -1).astype(np.int8),
        seen_until=FIRST_DAY + WINDOW_DAYS * DATES,
        weight=np.ones(rows),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--landmarks", type=int, default=1)
    options = parser.parse_args()
    landmarks = made_up(options.customers, options.columns, options.landmarks)
    before = _gigabytes()
    started, cpu = time.perf_counter(), time.process_time()
    table = driver_table(landmarks, kinds={}, adjust_for=[landmarks.keys[-1]])
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    kept = [row.element for row in table if row.is_kept]
    print(f"{len(landmarks):,} rows, {options.columns} columns: {seconds:.1f} s")
    print(f"CPU {cpu:.1f} s; peak {_gigabytes():.1f} GB, {before:.1f} GB before")
    print(f"strongest: {table[0].element}; kept: {', '.join(kept)}")


def _gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
