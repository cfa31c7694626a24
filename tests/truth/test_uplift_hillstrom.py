"""The e-mail trial of Hillstrom (2008): a real difference, and none when dealt anew."""

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from banso.analytics.panel.landmarks import Feature
from banso.analytics.uplift.arms import Arms, effect
from banso.analytics.uplift.targeting import targeting

FILE = Path(__file__).parents[3] / "shared/data/hillstrom_womens/trial.parquet"
NUMBERS = ("recency", "history", "mens", "womens", "newbie")
CATEGORIES = ("zip_code", "channel")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not FILE.exists(),
        reason="the data sets of ../shared are absent; test_uplift_planted.py is not",
    ),
]


@pytest.fixture(scope="module")
def trial() -> Arms:
    columns = duckdb.sql(f"from read_parquet('{FILE}')").fetchnumpy()
    values = [np.asarray(columns[name], dtype=float) for name in NUMBERS]
    features = [Feature(name, "number") for name in NUMBERS]
    for name in CATEGORIES:
        levels, codes = np.unique(columns[name].astype(str), return_inverse=True)
        values.append(codes.astype(float))
        features.append(Feature(name, "category", tuple(levels)))
    return Arms(
        treated=columns["segment"].astype(str) == "Womens E-Mail",
        outcome=np.asarray(columns["visit"], dtype=float),
        values=np.column_stack(values),
        features=tuple(features),
    )


def test_mail_brings_four_and_a_half_points_of_visits(trial: Arms) -> None:
    found = effect(trial)

    assert found.value == pytest.approx(0.0452, abs=5e-5)
    assert found.low == pytest.approx(0.0389, abs=5e-4)
    assert found.high == pytest.approx(0.0516, abs=5e-4)


def test_those_are_mailed_first_who_visit_because_of_it(trial: Arms) -> None:
    found = targeting(trial)

    assert found.verdict == "target_these"
    assert found.qini.coefficient.value == pytest.approx(0.05, abs=0.02)
    assert (found.qini.coefficient.low or 0) > 0
    assert (found.groups[0].effect.low or 0) > (found.groups[-1].effect.high or 0)


def test_dealt_anew_nobody_is_singled_out(trial: Arms) -> None:
    verdicts = [
        targeting(
            replace(
                trial, treated=np.random.default_rng(seed).permutation(trial.treated)
            )
        ).verdict
        for seed in (0, 1)
    ]

    assert verdicts == ["not_enough_data", "not_enough_data"]
