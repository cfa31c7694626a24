"""Cox's regression: lifelines, a published fit, ties, robust errors, bad input."""

import warnings

import numpy as np
import pytest

from banso.analytics.survival.hazards import proportional_hazards
from banso.analytics.survival.partial_likelihood import partial_likelihood

PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
TREATED = (
    *(6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16),
    *(-17, -19, -20, 22, 23, -25, -32, -32, -34, -35),
)


def _against(lifelines, rows, duration, event, *, strata=None, clusters=None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas within lifelines
        wanted = lifelines.CoxPHFitter().fit(
            rows,
            duration,
            event,
            strata=strata,
            cluster_col=clusters,
            fit_options={"precision": 1e-13},
        )
        summary = wanted.summary
    names = list(summary.index)
    found = proportional_hazards(
        rows[duration].to_numpy(),
        rows[event].to_numpy(),
        rows[names].to_numpy(float),
        names=names,
        strata=None if strata is None else rows[strata].to_numpy(),
        clusters=None if clusters is None else rows[clusters].to_numpy(),
    )

    assert found.reason is None
    assert found.coefficients == pytest.approx(summary["coef"], abs=1e-6)
    assert found.errors == pytest.approx(summary["se(coef)"], abs=1e-6)
    assert found.hazard_ratios == pytest.approx(summary["exp(coef)"], rel=1e-6)
    assert found.low == pytest.approx(summary["exp(coef) lower 95%"], rel=1e-6)
    assert found.high == pytest.approx(summary["exp(coef) upper 95%"], rel=1e-6)
    assert found.p_values == pytest.approx(summary["p"], abs=1e-6)
    assert found.concordance.value == pytest.approx(wanted.concordance_index_, abs=1e-9)
    assert found.log_likelihood == pytest.approx(wanted.log_likelihood_, abs=1e-6)


def test_sets_with_many_ties_fit_as_in_lifelines(lifelines) -> None:
    load = lifelines.datasets
    _against(lifelines, load.load_rossi(), "week", "arrest")
    _against(lifelines, load.load_larynx(), "time", "death")
    waltons = load.load_waltons()
    waltons["group"] = (waltons["group"] == "control").astype(int)
    _against(lifelines, waltons, "T", "E")
    lung = load.load_lung().dropna().drop(columns="inst")
    _against(lifelines, lung.astype(float), "time", "status")


def test_strata_fit_as_in_lifelines(lifelines) -> None:
    rossi = lifelines.datasets.load_rossi()

    _against(lifelines, rossi, "week", "arrest", strata="race")


def test_robust_errors_are_those_of_lifelines_without_ties(lifelines) -> None:
    rng = np.random.default_rng(0)
    rossi = lifelines.datasets.load_rossi()
    rossi["week"] += rng.random(len(rossi)) * 0.9
    rossi["person"] = rng.integers(0, 80, len(rossi))

    _against(lifelines, rossi, "week", "arrest", clusters="person")
    _against(lifelines, rossi, "week", "arrest", clusters="person", strata="race")


def test_the_published_fit_of_the_remissions() -> None:
    # R's survival: coxph(Surv(time, status) ~ placebo), ties "efron": 1.572 (0.412).
    weeks = np.array([*TREATED, *PLACEBO])
    placebo = np.repeat([0.0, 1.0], 21)[:, None]

    found = proportional_hazards(np.abs(weeks), weeks > 0, placebo, names=["placebo"])

    assert found.coefficients[0] == pytest.approx(1.5721, abs=5e-5)
    assert found.errors[0] == pytest.approx(0.4124, abs=5e-5)
    ratio = found.hazard_ratio("placebo")
    assert ratio.value == pytest.approx(4.817, abs=5e-4)
    assert (ratio.low, ratio.high) == pytest.approx((2.147, 10.81), abs=5e-3)
    assert (ratio.n, ratio.events) == (42, 30)
    with pytest.raises(KeyError):
        found.hazard_ratio("dose")


def _tied(seed, n=150, p=3):
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(n, p))
    left = np.ceil(5 * rng.exponential(np.exp(-0.5 * design[:, 0])))
    seen = rng.integers(1, 12, n)
    return np.minimum(left, seen), left <= seen, design, rng


def test_slope_and_curvature_are_those_of_the_likelihood() -> None:
    durations, events, design, rng = _tied(1)
    strata = rng.integers(0, 2, 150)
    likelihood, _ = partial_likelihood(durations, events, design, strata)
    beta, step = np.array([0.3, -0.2, 0.1]), 1e-5

    slope, information = likelihood.slope_and_curvature(beta)

    for place in range(3):
        nudge = np.eye(3)[place] * step
        rise = likelihood.value(beta + nudge) - likelihood.value(beta - nudge)
        assert slope[place] == pytest.approx(rise / (2 * step), abs=1e-5)
        after, _ = likelihood.slope_and_curvature(beta + nudge)
        before, _ = likelihood.slope_and_curvature(beta - nudge)
        assert information[place] == pytest.approx(
            (before - after) / (2 * step), abs=1e-4
        )
    residuals = likelihood.residuals(beta)
    assert residuals.sum(axis=0) == pytest.approx(slope, abs=1e-9)


def test_with_ties_a_residual_is_what_a_row_adds_to_the_slope() -> None:
    # Efron by its word: those who are about to leave count less one after another.
    durations, events, design, _ = _tied(2, n=40)
    likelihood, order = partial_likelihood(
        durations, events, design, np.zeros(40, dtype=int)
    )
    beta = np.array([0.4, 0.0, -0.3])
    t, e, x = durations[order], events[order], design[order]
    hazard = np.exp(x @ beta)
    expected = np.zeros_like(x)
    for time in np.unique(t[e]):
        there, leaving = t >= time, (t == time) & e
        d = leaving.sum()
        for k in range(d):
            counts = hazard * (there - leaving * k / d)
            mean = counts @ x / counts.sum()
            expected[leaving] += (x[leaving] - mean) / d
            expected -= (counts / counts.sum())[:, None] * (x - mean)

    assert likelihood.residuals(beta) == pytest.approx(expected, abs=1e-9)


def test_repeated_rows_of_a_customer_make_it_no_surer() -> None:
    rng = np.random.default_rng(3)
    design = rng.normal(size=(200, 2))
    durations = rng.exponential(np.exp(-0.5 * design[:, 0]))
    again = np.repeat(np.arange(200), 4)
    nudged = durations[again] * (1 + 1e-9 * rng.random(800))

    once = proportional_hazards(
        durations, np.ones(200), design, names="ab", clusters=np.arange(200)
    )
    often = proportional_hazards(
        nudged, np.ones(800), design[again], names="ab", clusters=again
    )

    assert often.coefficients == pytest.approx(once.coefficients, abs=0.01)
    assert often.errors == pytest.approx(once.errors, rel=0.05)


def test_columns_that_cannot_take_part_leave_the_others_alone() -> None:
    durations, events, design, rng = _tied(4, n=300)
    sparse = np.where(rng.random(300) < 0.05, 1.0, np.nan)
    columns = [
        *design.T,
        np.full(300, 7.0),
        design[:, 1],
        design[:, 0] - 2 * design[:, 2] + 5,
        sparse,
    ]
    names = ["a", "b", "c", "constant", "copy", "sum", "sparse"]

    found = proportional_hazards(
        durations, events, np.column_stack(columns), names=names
    )
    alone = proportional_hazards(durations, events, design, names=names[:3])

    assert found.reasons == (
        *(None, None, None),
        *("constant", "collinear", "collinear", "mostly_missing"),
    )
    assert found.coefficients[:3] == pytest.approx(alone.coefficients)
    assert np.isnan(found.coefficients[3:]).all()
    copy = found.hazard_ratio("copy")
    assert (copy.value, copy.reason) == (None, "collinear")


def test_a_trait_whose_bearers_all_stay_is_separated() -> None:
    durations, events, design, rng = _tied(5, n=300)
    trait = rng.random(300) < 0.2
    events = events & ~trait

    found = proportional_hazards(
        durations, events, np.column_stack([design, trait]), names="abcd"
    )
    without = proportional_hazards(
        durations[~trait], events[~trait], design[~trait], names="abc"
    )

    assert found.reasons == (None, None, None, "separated")
    assert found.hazard_ratio("d").value is None
    assert found.coefficients[:3] == pytest.approx(without.coefficients, abs=1e-5)


def test_rows_without_a_value_are_left_out() -> None:
    durations, events, design, rng = _tied(6, n=200)
    design[rng.random(200) < 0.3, 1] = np.nan
    complete = ~np.isnan(design[:, 1])

    found = proportional_hazards(durations, events, design, names="abc")
    kept = proportional_hazards(
        durations[complete], events[complete], design[complete], names="abc"
    )

    assert found.n == complete.sum()
    assert found.coefficients == pytest.approx(kept.coefficients)


def test_huge_and_tiny_units_change_only_the_unit() -> None:
    durations, events, design, _ = _tied(7, n=200)

    plain = proportional_hazards(durations, events, design, names="abc")
    scaled = proportional_hazards(
        durations, events, design * [1e6, 1e-6, 1] + [1e9, 0, 0], names="abc"
    )

    assert scaled.coefficients * [1e6, 1e-6, 1] == pytest.approx(
        plain.coefficients, rel=1e-5
    )
    assert scaled.p_values == pytest.approx(plain.p_values, rel=1e-4)


def test_nineteen_of_twenty_robust_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(12)
    person = np.repeat(np.arange(80), 3)
    held = 0
    for _ in range(200):
        design = rng.normal(size=(80, 1))[person]
        left = rng.exponential(np.exp(-0.5 * design[:, 0]))
        found = proportional_hazards(
            left, np.ones(240), design, names=["a"], clusters=person
        )
        held += found.low[0] <= np.exp(0.5) <= found.high[0]

    assert 0.90 <= held / 200 <= 0.99


DAYS = np.arange(1.0, 31)
NOISE = np.random.default_rng(0).normal(size=(30, 2))


@pytest.mark.parametrize(
    ("durations", "events", "covariates", "reason"),
    [
        (DAYS[:5], np.ones(5), NOISE[:5], "too_few_customers"),
        (DAYS[:0], np.ones(0), NOISE[:0], "too_few_customers"),
        (DAYS, np.zeros(30), NOISE, "too_few_events"),
        (DAYS, DAYS < 4, NOISE, "too_few_events"),
        (DAYS, DAYS < 7, np.hstack([NOISE, NOISE**2, NOISE**3]), "too_few_events"),
        (-DAYS, np.ones(30), NOISE, "negative_duration"),
        (DAYS, np.ones(30), np.ones((30, 2)), "constant"),
        (DAYS, np.ones(30), np.full((30, 2), np.nan), "mostly_missing"),
        (DAYS, np.ones(30), np.empty((30, 0)), "no_covariates"),
    ],
)
def test_what_cannot_be_fitted_has_a_reason(
    durations, events, covariates, reason
) -> None:
    names = "abcdefg"[: covariates.shape[1]]

    found = proportional_hazards(durations, events, covariates, names=names)

    assert found.reason == reason
    assert np.isnan(found.coefficients).all()
    assert found.concordance.reason == reason
    if names:
        assert found.hazard_ratio("a").value is None


@pytest.mark.parametrize("seed", range(60))
def test_ugly_rows_give_finite_numbers_or_a_reason(seed) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(10, 150))
    ugly = [
        rng.lognormal(0, 3, n),
        (rng.random(n) < 0.03).astype(float),
        np.where(rng.random(n) < 0.4, np.nan, rng.normal(size=n)),
        rng.integers(0, 3, n) * 1e8,
    ]
    design = np.column_stack([ugly[place] for place in rng.integers(0, 4, 3)])
    pace = np.exp(np.clip(np.nan_to_num(design[:, 0]), -40, 40) * (seed % 2))

    found = proportional_hazards(
        np.ceil(rng.exponential(9 / pace)),
        rng.random(n) < rng.choice([0.1, 0.5, 1]),
        design,
        names="abc",
        clusters=rng.integers(0, n, n) if seed % 3 else None,
    )

    for name in found.names:
        ratio = found.hazard_ratio(name)
        if ratio.reason is None:
            assert 0 <= ratio.low <= ratio.value <= ratio.high
            assert np.isfinite(ratio.value)
            assert 0 <= ratio.p_value <= 1


def test_five_customers_with_many_rows_are_five_customers() -> None:
    durations, events, design, _ = _tied(8)

    found = proportional_hazards(
        durations, events, design, names="abc", clusters=np.arange(150) % 5
    )

    assert found.reason == "too_few_customers"


def test_ends_at_time_zero_and_one_single_time_are_no_trouble() -> None:
    _, _, design, rng = _tied(9)

    found = proportional_hazards(
        np.zeros(150), rng.random(150) < 0.5, design, names="abc"
    )

    assert found.reason is None
    assert found.concordance.reason is None or found.concordance.value is None
