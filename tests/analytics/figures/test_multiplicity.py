"""Many tests at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from banso.analytics.figures.multiplicity import q_values


def test_the_example_of_benjamini_and_hochberg() -> None:
    # Their 15 p-values (1995, section 3.2): at 5 % the first four are findings.
    p = np.array(
        [
            *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
            *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
        ]
    )

    assert (q_values(p) <= 0.05).sum() == 4


def test_a_test_that_could_not_be_done_is_no_test() -> None:
    found = q_values(np.array([0.01, np.nan, 0.04, 0.03]))

    assert found == pytest.approx([0.03, np.nan, 0.04, 0.04], nan_ok=True)


def test_no_tests_have_no_q_values() -> None:
    assert len(q_values(np.array([]))) == 0
    assert np.isnan(q_values(np.array([np.nan]))).all()


@settings(max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_they_are_those_of_scipy(values) -> None:
    p = np.array(values)

    found = q_values(p)

    assert found == pytest.approx(stats.false_discovery_control(p), abs=1e-12)
    assert (found >= p - 1e-15).all()
