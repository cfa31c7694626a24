"""Harrell's C: lifelines, all pairs one by one, its interval, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso.analytics.survival.concordance import concordance
from banso.analytics.survival.dominance import lower_before


@pytest.mark.parametrize("levels", [4, 40, 10**6])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_that_of_lifelines(seed, levels, lifelines) -> None:
    rng = np.random.default_rng(seed)
    durations = rng.integers(0, levels, 250)
    events = rng.random(250) < 0.5
    scores = np.round(rng.normal(size=250) - durations / levels, seed)

    found = concordance(durations, events, scores)

    wanted = lifelines.utils.concordance_index(durations, -scores, events)
    assert found.value == pytest.approx(wanted, abs=1e-12)


def test_a_known_set_too(lifelines) -> None:
    rossi = lifelines.datasets.load_rossi()

    found = concordance(
        rossi["week"].to_numpy(), rossi["arrest"].to_numpy(), -rossi["age"].to_numpy()
    )

    wanted = lifelines.utils.concordance_index(
        rossi["week"], rossi["age"], rossi["arrest"]
    )
    assert found.value == pytest.approx(wanted, abs=1e-12)
    assert found.events == 114


def test_only_rows_of_a_stratum_are_compared() -> None:
    rng = np.random.default_rng(3)
    durations, events = rng.integers(0, 20, 90), rng.random(90) < 0.6
    scores, strata = rng.integers(0, 9, 90), rng.integers(0, 3, 90)
    right, pairs = 0.0, 0
    for one in np.flatnonzero(events):
        longer = (durations > durations[one]) | (
            (durations == durations[one]) & ~events
        )
        others = longer & (strata == strata[one])
        pairs += others.sum()
        right += (scores[one] > scores[others]).sum()
        right += (scores[one] == scores[others]).sum() / 2

    found = concordance(durations, events, scores, strata=strata)

    assert found.value == pytest.approx(right / pairs)


def _drawn(rng, n):
    score = rng.normal(size=n)
    left, seen = rng.exponential(np.exp(-0.7 * score)), rng.exponential(2, n)
    return np.minimum(left, seen), left <= seen, score


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(11)
    truth = concordance(*_drawn(rng, 100_000)).value
    held = 0
    for _ in range(300):
        found = concordance(*_drawn(rng, 120))
        held += found.low <= truth <= found.high

    assert 0.92 <= held / 300 <= 0.98


def test_repeated_rows_of_a_customer_make_it_no_surer() -> None:
    durations, events, scores = _drawn(np.random.default_rng(1), 150)
    again = [np.repeat(one, 6) for one in (durations, events, scores, np.arange(150))]

    once = concordance(durations, events, scores)
    often = concordance(*again[:3], clusters=again[3])

    assert often.value == pytest.approx(once.value)
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.03)


DAYS = np.arange(1, 31)


@pytest.mark.parametrize(
    ("durations", "events", "scores", "reason"),
    [
        (DAYS[:5], np.ones(5), DAYS[:5], "too_few_customers"),
        (DAYS, np.zeros(30), DAYS, "too_few_events"),
        (DAYS, DAYS < 4, DAYS, "too_few_events"),
        (DAYS, np.ones(30), np.ones(30), "constant"),
        (-DAYS, np.ones(30), DAYS, "negative_duration"),
        (DAYS, np.ones(30), DAYS * np.nan, "too_few_customers"),
        (DAYS, np.ones(30), -DAYS, "separated"),
        (np.ones(30), np.ones(30), DAYS, "separated"),
    ],
)
def test_what_cannot_be_compared_has_a_reason(
    durations, events, scores, reason
) -> None:
    found = concordance(durations, events, scores)

    assert (found.reason, found.value) == (reason, None)


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 9), max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=15),
)
def test_ranks_are_counted_as_one_by_one(ranks, questions) -> None:
    ranks = np.array(ranks, dtype=np.int64)
    lengths = np.array([min(q, len(ranks)) for q, _ in questions], dtype=np.int64)
    targets = np.array([target for _, target in questions], dtype=np.int64)

    below, equal = lower_before(ranks, lengths, targets)

    for place, (length, target) in enumerate(zip(lengths, targets, strict=True)):
        assert below[place] == (ranks[:length] < target).sum()
        assert equal[place] == (ranks[:length] == target).sum()
