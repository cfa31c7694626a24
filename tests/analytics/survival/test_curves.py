"""Kaplan-Meier curves: lifelines, a published table, late entry, weights, bad input."""

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso.analytics.survival.curve_expression import survival_rows
from banso.analytics.survival.curves import survival_curve

# Freireich et al. (1963), weeks in remission with 6-MP; negative: still in remission.
REMISSION = np.array(
    [
        *(6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16),
        *(-17, -19, -20, 22, 23, -25, -32, -32, -34, -35),
    ]
)
SETS = {
    "waltons": ("load_waltons", "T", "E"),
    "rossi": ("load_rossi", "week", "arrest"),
    "larynx": ("load_larynx", "time", "death"),
    "lung": ("load_lung", "time", "status"),
    "gbsg2": ("load_gbsg2", "time", "cens"),
}


@pytest.fixture(params=SETS)
def known(request, lifelines):
    loader, duration, event = SETS[request.param]
    rows = getattr(lifelines.datasets, loader)()[[duration, event]].dropna()
    return rows[duration].to_numpy(float), rows[event].to_numpy(int)


def _fitted(lifelines, *data, at, **options):
    fit = lifelines.KaplanMeierFitter().fit(*data, **options)
    limits = fit.confidence_interval_.reindex(at).to_numpy()
    curve = fit.survival_function_.iloc[:, 0].reindex(at).to_numpy()
    return curve, limits[:, 0], limits[:, 1], fit


def test_it_is_the_curve_of_lifelines(known, lifelines) -> None:
    found = survival_curve(*known)

    curve, low, high, fit = _fitted(lifelines, *known, at=found.times)
    there = found.survival > 0
    assert found.survival == pytest.approx(curve, abs=1e-12)
    assert found.low[there] == pytest.approx(low[there], abs=1e-12)
    assert found.high[there] == pytest.approx(high[there], abs=1e-12)
    median = fit.median_survival_time_
    assert found.median == (median if np.isfinite(median) else None)


def test_other_confidences_too(known, lifelines) -> None:
    found = survival_curve(*known, confidence=0.8)

    _, low, _, _ = _fitted(lifelines, *known, at=found.times, alpha=0.2)
    there = found.survival > 0
    assert found.low[there] == pytest.approx(low[there], abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_late_entry_and_weights_are_those_of_lifelines(seed, lifelines) -> None:
    rng = np.random.default_rng(seed)
    durations = rng.integers(1, 40, 400)
    events = rng.random(400) < 0.6
    is_late = (rng.random(400) < 0.5) & (durations > 5)
    entry = np.where(is_late, (durations * rng.random(400) * 0.9).astype(int), 0)
    weights = rng.integers(1, 5, 400)

    found = survival_curve(durations, events, entry=entry, weights=weights)

    curve, low, high, _ = _fitted(
        lifelines, durations, events, at=found.times, entry=entry, weights=weights
    )
    assert found.survival == pytest.approx(curve, abs=1e-12)
    there = found.survival > 0
    assert found.low[there] == pytest.approx(low[there], abs=1e-12)
    assert found.high[there] == pytest.approx(high[there], abs=1e-12)


def test_the_published_table_of_remissions() -> None:
    # Kalbfleisch & Prentice (1980), Cox & Oakes (1984), table 1.1.
    found = survival_curve(np.abs(REMISSION), REMISSION > 0)

    expected = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538}
    for week, share in expected.items():
        assert found.at(week).value == pytest.approx(share, abs=5e-4)
    assert found.median == 23
    assert found.median_interval == (13, None)
    at_risk = dict(zip(found.times, found.at_risk, strict=True))
    assert (at_risk[6], at_risk[10], at_risk[23]) == (21, 15, 6)


def test_the_example_of_the_page_is_right() -> None:
    # docs/definitions/survival-curve.md
    found = survival_curve(np.array([1, 2, 2, 3, 4]), np.array([1, 1, 0, 1, 0]))

    assert found.times.tolist() == [1, 2, 3, 4]
    assert found.at_risk.tolist() == [5, 4, 2, 1]
    assert found.survival == pytest.approx([0.8, 0.6, 0.3, 0.3])


def test_between_times_the_curve_is_flat_and_after_the_last_unknown() -> None:
    found = survival_curve(np.array([5, 10, 20]), np.array([1, 1, 0]))

    early = found.at(2)
    assert (early.value, early.low, early.high, early.n) == (1, 1, 1, 3)
    between = found.at(7.5)
    assert between.value == pytest.approx(2 / 3)
    assert (between.n, between.events) == (2, 1)
    assert found.at(20).value == pytest.approx(1 / 3)
    late = found.at(21)
    assert (late.value, late.reason) == (None, "no_follow_up")


def test_when_all_have_left_the_share_stays_0() -> None:
    found = survival_curve(np.array([1, 2, 3]), np.ones(3))

    gone = found.at(99)
    assert (gone.value, gone.low) == (0, 0)
    assert gone.high == found.high[1]  # no certainty from three customers
    assert found.at(99).n == 0


def test_an_end_on_the_first_day_counts() -> None:
    found = survival_curve(np.array([0, 0, 3, 5]), np.array([1, 0, 1, 0]))

    assert found.times.tolist() == [0, 3, 5]
    assert found.survival == pytest.approx([0.75, 0.375, 0.375])


def test_who_comes_at_a_time_is_at_risk_after_it_only() -> None:
    found = survival_curve(
        np.array([4, 4, 6, 9]), np.array([1, 0, 1, 0]), entry=np.array([0, 0, 4, 9])
    )

    assert found.times.tolist() == [4, 6]  # the last was never watched
    assert found.at_risk.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("durations", "events", "options", "reason"),
    [
        ([], [], {}, "too_few_customers"),
        ([np.nan, np.nan], [1, 1], {}, "too_few_customers"),
        ([3, 4, 5], [0, 0, 0], {}, "too_few_events"),
        ([3, -4, 5], [1, 1, 0], {}, "negative_duration"),
        ([3, 4], [1, 0], {"weights": np.array([0, 1])}, "too_few_events"),
        ([3, 4], [1, 1], {"weights": np.array([0, 0])}, "too_few_customers"),
        ([3, 4], [1, 1], {"entry": np.array([3, 4])}, "too_few_customers"),
    ],
)
def test_what_has_no_curve_has_a_reason(durations, events, options, reason) -> None:
    found = survival_curve(np.array(durations), np.array(events), **options)

    assert found.reason == reason
    assert len(found.times) == len(found.survival) == 0
    assert (found.at(1).value, found.at(1).reason) == (None, reason)
    assert (found.median, found.median_interval) == (None, (None, None))


ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.integers(1, 4)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=80)
@given(ROWS)
def test_weights_are_as_good_as_repeated_rows(rows) -> None:
    durations, events, weights = map(np.array, zip(*rows, strict=True))

    weighed = survival_curve(durations, events, weights=weights)
    repeated = survival_curve(np.repeat(durations, weights), np.repeat(events, weights))

    assert weighed.reason == repeated.reason
    assert weighed.survival == pytest.approx(repeated.survival)
    assert weighed.low == pytest.approx(repeated.low)


@settings(max_examples=80)
@given(ROWS)
def test_a_curve_falls_within_its_limits(rows) -> None:
    durations, events, _ = map(np.array, zip(*rows, strict=True))

    found = survival_curve(durations, events)

    steps = np.diff(np.r_[1.0, found.survival])
    assert (steps <= 0).all()
    assert (found.low <= found.survival + 1e-12).all()
    assert (found.survival <= found.high + 1e-12).all()
    if events.all():  # nobody censored: the share with a longer stay
        longer = (durations[:, None] > found.times).mean(axis=0)
        assert found.survival == pytest.approx(longer)


@settings(max_examples=25)
@given(ROWS)
def test_the_expression_draws_the_same_curve(rows) -> None:
    durations, events, _ = map(np.array, zip(*rows, strict=True))
    table = ibis.memtable(pa.table({"stay": durations, "left": events}))

    drawn = survival_rows(table, duration="stay", event="left").order_by("time")
    got = drawn.to_pyarrow().to_pydict()

    expected = survival_curve(durations, events)
    if expected.reason:
        assert set(got["survival"]) == {1.0}
        assert set(got["low"] + got["high"]) == {None}
        return
    for column, name in (("time", "times"), ("at_risk", "at_risk")):
        assert got[column] == getattr(expected, name).tolist()
    for name in ("events", "survival", "low", "high"):
        assert got[name] == pytest.approx(getattr(expected, name), abs=1e-12)


def test_the_expression_draws_a_curve_for_each_group() -> None:
    rng = np.random.default_rng(2)
    stay, left = rng.integers(0, 30, 300), rng.random(300) < 0.5
    touch = np.array(["high", "low", "tech"])[rng.integers(0, 3, 300)]
    missing = np.arange(300) % 50 == 0
    table = ibis.memtable(
        pa.table(
            {
                "stay": pa.array(stay, mask=missing),
                "left": left.astype(int),
                "touch": touch,
            }
        )
    )

    drawn = survival_rows(table, duration="stay", event="left", by=["touch"])
    got = drawn.order_by("touch", "time").to_pyarrow()

    for group in ("high", "low", "tech"):
        chosen = (touch == group) & ~missing
        expected = survival_curve(stay[chosen], left[chosen])
        rows = got.filter(pa.compute.equal(got["touch"], group)).to_pydict()
        assert rows["time"] == expected.times.tolist()
        assert rows["survival"] == pytest.approx(expected.survival, abs=1e-12)
        assert rows["low"] == pytest.approx(expected.low, abs=1e-12)


def test_a_table_without_rows_has_no_curve() -> None:
    table = ibis.memtable(
        pa.table({"stay": pa.array([], "int32"), "left": pa.array([], "bool")})
    )

    assert survival_rows(table, duration="stay", event="left").count().execute() == 0


def test_a_duration_that_is_no_number_is_left_out_of_the_expression() -> None:
    table = ibis.memtable(
        pa.table({"stay": [1.5, float("nan"), 2.5], "left": [True, True, False]})
    )

    drawn = survival_rows(table, duration="stay", event="left").order_by("time")

    assert drawn.to_pyarrow()["time"].to_pylist() == [1.5, 2.5]
    assert drawn.to_pyarrow()["survival"].to_pylist() == pytest.approx([0.5, 0.5])
