"""The log-rank test: lifelines, a published value, strata by definition, bad input."""

import numpy as np
import pytest

from banso.analytics.survival.log_rank import chi_square_p, log_rank

PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
TREATED = (
    *(6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16),
    *(-17, -19, -20, 22, 23, -25, -32, -32, -34, -35),
)


def _against(lifelines, durations, groups, events) -> None:
    wanted = lifelines.statistics.multivariate_logrank_test(durations, groups, events)

    found = log_rank(np.asarray(durations), np.asarray(events), np.asarray(groups))

    assert found.statistic == pytest.approx(wanted.test_statistic, abs=1e-9)
    assert found.p_value == pytest.approx(wanted.p_value, abs=1e-12)
    assert found.events == sum(group.events for group in found.groups)
    assert found.events == pytest.approx(sum(group.expected for group in found.groups))


def test_two_groups_are_tested_as_in_lifelines(lifelines) -> None:
    rows = lifelines.datasets.load_waltons()

    _against(lifelines, rows["T"], rows["group"].astype(str), rows["E"])


def test_more_groups_are_tested_as_in_lifelines(lifelines) -> None:
    rossi = lifelines.datasets.load_rossi()
    larynx = lifelines.datasets.load_larynx()
    stage = larynx["Stage_II"] + 2 * larynx["Stage_III"] + 3 * larynx["Stage_IV"]

    _against(lifelines, rossi["week"], rossi["prio"], rossi["arrest"])
    _against(lifelines, larynx["time"], stage, larynx["death"])


def test_the_published_value_of_the_remissions() -> None:
    # 16.79 with one degree of freedom: Kalbfleisch & Prentice (1980), 1.4.
    weeks = np.array([*TREATED, *PLACEBO])
    group = np.repeat(["6-MP", "placebo"], 21)

    found = log_rank(np.abs(weeks), weeks > 0, group)

    assert found.statistic == pytest.approx(16.79, abs=0.005)
    assert found.degrees == 1
    treated, placebo = found.groups
    assert (treated.events, placebo.events) == (9, 21)
    assert treated.expected == pytest.approx(19.25, abs=0.005)


def _slow_stratified(durations, events, groups, strata) -> float:
    surplus, variance = 0.0, 0.0
    for stratum in np.unique(strata):
        inside = strata == stratum
        t, e, g = durations[inside], events[inside], groups[inside] == 1
        for time in np.unique(t[e]):
            there, leaving = t >= time, (t == time) & e
            n, d, n1 = there.sum(), leaving.sum(), (there & g).sum()
            surplus += (leaving & g).sum() - d * n1 / n
            if n > 1:
                variance += d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1)
    return surplus**2 / variance


def test_strata_are_compared_within_and_added_up() -> None:
    rng = np.random.default_rng(4)
    durations, events = rng.integers(0, 25, 300), rng.random(300) < 0.6
    groups, strata = rng.integers(0, 2, 300), rng.integers(0, 4, 300)

    found = log_rank(durations, events, groups, strata=strata)

    slow = _slow_stratified(durations, events, groups, strata)
    assert found.statistic == pytest.approx(slow, abs=1e-9)


def test_a_trait_that_only_mirrors_the_stratum_is_no_finding() -> None:
    rng = np.random.default_rng(5)
    touch = rng.integers(0, 2, 2000)
    durations = np.ceil(rng.exponential(np.where(touch == 1, 10, 40)))
    onboarded = rng.random(2000) < np.where(touch == 1, 0.2, 0.8)

    plain = log_rank(durations, np.ones(2000), onboarded)
    within = log_rank(durations, np.ones(2000), onboarded, strata=touch)

    assert plain.p_value < 1e-6
    assert within.p_value > 0.01


def test_nothing_planted_is_a_finding_in_one_of_twenty() -> None:
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(400):
        durations, events = rng.exponential(30, 120), rng.random(120) < 0.5
        found += log_rank(durations, events, rng.integers(0, 3, 120)).p_value < 0.05

    assert 0.02 <= found / 400 <= 0.08


def test_a_group_that_was_never_there_takes_no_part() -> None:
    durations = np.r_[np.zeros(10), np.arange(1, 41)]
    events = np.r_[np.zeros(10), np.ones(40)]
    groups = np.r_[np.full(10, 7), np.arange(40) % 2]

    found = log_rank(durations, events, groups)

    assert found.degrees == 1
    assert found.groups[2].expected == 0


DAYS = np.arange(1, 31)


@pytest.mark.parametrize(
    ("durations", "events", "groups", "reason"),
    [
        (DAYS[:5], np.ones(5), np.array([0, 1, 0, 1, 0]), "too_few_customers"),
        (DAYS, np.zeros(30), DAYS % 2, "too_few_events"),
        (DAYS, DAYS <= 3, DAYS % 2, "too_few_events"),
        (DAYS, np.ones(30), np.ones(30), "one_group"),
        (-DAYS, np.ones(30), DAYS % 2, "negative_duration"),
        (DAYS * np.nan, np.ones(30), DAYS % 2, "too_few_customers"),
        (np.r_[DAYS[:15] + 99, DAYS[:15]], DAYS <= 15, DAYS <= 15, "no_overlap"),
    ],
)
def test_what_cannot_be_tested_has_a_reason(durations, events, groups, reason) -> None:
    found = log_rank(durations, events, groups)

    assert (found.reason, found.statistic, found.p_value) == (reason, None, None)


@pytest.mark.parametrize("degrees", [1, 2, 7])
def test_the_chance_of_a_chi_square_is_that_of_scipy(degrees) -> None:
    from scipy import stats  # noqa: PLC0415

    assert chi_square_p(3.2, degrees) == pytest.approx(stats.chi2.sf(3.2, degrees))
