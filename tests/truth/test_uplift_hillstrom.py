"""The e-mail trial of Hillstrom (2008): a real difference, and none when dealt anew."""

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from banso.analytics.panel.landmarks import Feature
from banso.analytics.uplift.arms import Arms, effect
from banso.analytics.uplift.differing import chance_of_no_difference
from banso.analytics.uplift.targeting import LEVEL, targeting

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
    with duckdb.connect() as connection:
        columns = connection.sql(f"from read_parquet('{FILE}')").fetchnumpy()
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
    dealt = [
        replace(trial, treated=np.random.default_rng(seed).permutation(trial.treated))
        for seed in range(20)
    ]

    chances = [chance_of_no_difference(arms, seed=0) or 0.0 for arms in dealt]

    # At 5 %, more than four of twenty would come once in 400 times.
    assert sum(chance < LEVEL for chance in chances) <= 4
    assert targeting(dealt[0]).verdict == "not_enough_data"
