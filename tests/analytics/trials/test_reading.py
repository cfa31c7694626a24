"""What a trial says while it runs, at its end, and when it is stopped before."""

from dataclasses import replace

import numpy as np
import pytest

from banso.analytics.trials.reading import (
    Entrants,
    Terms,
    compared,
    course_of,
    read_trial,
)
from banso.analytics.trials.sequential import always_valid, reach_in_errors

DAY = 20_000
TERMS = Terms(
    is_good=False, window_days=90, planned=400, smallest_effect=0.05, stopped_on=None
)


def entrants(treated_rate: float, held_out_rate: float, n: int = 400) -> Entrants:
    """Return two a day, one in each arm, whose outcomes are spread evenly."""
    treated = np.arange(n) % 2 == 0
    rank = np.arange(n) // 2
    rate = np.where(treated, treated_rate, held_out_rate)
    happens = np.floor((rank + 1) * rate + 1e-9) > np.floor(rank * rate + 1e-9)
    return Entrants(
        assigned_on=(DAY + rank).astype(np.int32),
        treated=treated,
        outcome=happens.astype(float),
        covariates=np.empty((n, 0)),
    )


def test_at_the_planned_end_the_interval_is_the_ordinary_one() -> None:
    """20 of 200 against 40 of 200, by hand: error √(.09/199 + .16/199) = .03544."""
    found = read_trial(entrants(0.1, 0.2), TERMS, until=DAY + 199 + 90)

    assert found.basis == "planned_end"
    assert found.ends_on == DAY + 199 + 90
    assert found.look.estimate is not None
    assert found.look.estimate.effect == pytest.approx(-0.1)
    assert found.low == pytest.approx(-0.1 - 1.96595 * 0.035444, abs=1e-4)
    assert found.verdict == "proven"
    assert found.look.low is not None
    assert found.look.low < found.low  # looking at any time has its price


def test_the_day_before_it_runs_and_only_the_always_valid_interval_is_told() -> None:
    found = read_trial(entrants(0.1, 0.2), TERMS, until=DAY + 199 + 89)

    assert found.basis == "running"
    assert (found.low, found.high) == (found.look.low, found.look.high)
    assert found.look.n_treated + found.look.n_held_out == 398
    assert found.verdict == "not_enough"


def test_a_large_effect_is_proven_before_the_end_and_stays_so() -> None:
    who = entrants(0.1, 0.5)
    early = read_trial(who, TERMS, until=DAY + 190)
    late = read_trial(who, TERMS, until=DAY + 400)

    assert early.basis == "running"
    assert early.verdict == "proven"
    assert early.decided_on == late.decided_on
    assert late.verdict == "proven"


def test_the_same_effect_upwards_is_harmful_and_good_where_more_is_better() -> None:
    who = entrants(0.3, 0.1)

    harmful = read_trial(who, TERMS, until=DAY + 400)
    good = read_trial(who, replace(TERMS, is_good=True), until=DAY + 400)

    assert harmful.verdict == "harmful"
    assert good.verdict == "proven"


def test_no_effect_needs_an_interval_within_the_smallest_effect() -> None:
    who = entrants(0.1, 0.1, n=2000)
    terms = replace(TERMS, planned=2000)

    small = read_trial(who, terms, until=DAY + 2000)
    smaller = read_trial(who, replace(terms, smallest_effect=0.01), until=DAY + 2000)

    assert small.verdict == "no_effect"
    assert smaller.verdict == "not_enough"


def test_stopped_before_its_end_a_trial_keeps_the_wide_interval() -> None:
    """Those whose window was not over when the hold-out ended do not count."""
    terms = replace(TERMS, stopped_on=DAY + 190)

    found = read_trial(entrants(0.1, 0.2), terms, until=DAY + 800)

    assert found.basis == "stopped"
    assert found.look.n_treated == 101
    assert (found.low, found.high) == (found.look.low, found.look.high)
    assert found.verdict == "not_enough"


def test_without_a_planned_number_the_stop_is_the_end() -> None:
    terms = replace(TERMS, planned=None, stopped_on=DAY + 300)

    found = read_trial(entrants(0.1, 0.2), terms, until=DAY + 800)

    assert found.basis == "planned_end"
    assert found.verdict == "proven"


def test_who_came_after_the_planned_number_does_not_count() -> None:
    terms = replace(TERMS, planned=100)
    who = entrants(0.1, 0.2)

    found = read_trial(who, terms, until=DAY + 800)

    assert found.ends_on == DAY + 49 + 90
    assert int(found.counted.sum()) == 100
    assert found.look.day <= DAY + 49 + 90


def test_few_customers_or_events_are_said() -> None:
    few = read_trial(entrants(0.1, 0.2, n=16), TERMS, until=DAY + 800)
    rare = read_trial(entrants(0.01, 0.02), TERMS, until=DAY + 800)
    nobody = read_trial(entrants(0.1, 0.2, n=0), TERMS, until=DAY)

    assert few.look.reason == "too_few_customers"
    assert rare.look.reason == "too_few_events"
    assert nobody.look.reason == "too_few_customers"
    assert {few.verdict, rare.verdict, nobody.verdict} == {"not_enough"}


def test_looks_are_those_of_the_weeks_in_which_a_window_ended() -> None:
    found = read_trial(entrants(0.1, 0.2), TERMS, until=DAY + 800)

    days = [look.day for look in found.looks]
    assert all(day % 7 == 3 for day in days[:-1])
    assert days == sorted(set(days))
    assert found.looks[-1].n_treated == 200


def test_another_measure_is_read_on_the_same_customers() -> None:
    who = entrants(0.1, 0.2)
    course = course_of(who, TERMS, until=DAY + 800)
    score = replace(who, outcome=np.where(who.treated, 60.0, 50.0) + who.outcome)

    found, low, high = compared(score, course, window_days=90)

    assert not isinstance(found, str)
    assert found.effect == pytest.approx(9.9)
    assert low is not None
    assert high is not None
    assert low < 9.9 < high


def test_always_valid_interval_by_hand() -> None:
    """α = .01, n = planned = 100: −2 ln α = 9.21034, ρ² = (9.21034 + ln 10.21034)/100
    = .115338, η = 11.5338; √(12.5338/11.5338 · ln(12.5338/.0001)) = 3.5719.
    """
    assert reach_in_errors(100, planned=100) == pytest.approx(3.5719, abs=1e-3)
    low, high = always_valid(0.2, 0.1, n=100, planned=100)
    assert (low, high) == pytest.approx((0.2 - 0.35719, 0.2 + 0.35719), abs=1e-3)
    assert reach_in_errors(20, planned=100) > reach_in_errors(100, planned=100)
