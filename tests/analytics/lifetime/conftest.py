"""CDNOW, as the package `lifetimes` carries it; the package itself is not imported."""

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest

FILE = "cdnow_customers_summary_with_transactions.csv"


@pytest.fixture(scope="session")
def cdnow():
    spec = importlib.util.find_spec("lifetimes")
    if spec is None or spec.origin is None:
        pytest.skip("the package `lifetimes` with CDNOW is not installed")
    with (Path(spec.origin).parent / "datasets" / FILE).open() as lines:
        rows = list(csv.DictReader(lines))
    return {
        name: np.array([float(row[column]) for row in rows])
        for name, column in (
            ("repeats", "x"),
            ("recency", "t_x"),
            ("age", "T"),
            ("mean_amount", "zbar"),
        )
    }
