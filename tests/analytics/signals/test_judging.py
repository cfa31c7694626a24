"""What signals were worth: a company on one screen, and a slow count beside."""

from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso.analytics.judgement.outcome import churn
from banso.analytics.panel.landmarks import CHURN, NO_END, Landmarks
from banso.analytics.signals.attendance import Attendance
from banso.analytics.signals.judging import Effort, Firings, signal_figures

FIRST = 20_000
WEEKS = 30


def company(leaves, *, weeks=WEEKS):
    """Return everybody on weekly dates; `leaves`: the day of each customer, or None."""
    rows = [
        (customer, FIRST + 7 * week, NO_END if left is None else left)
        for customer, left in enumerate(leaves)
        for week in range(weeks)
        if left is None or FIRST + 7 * week < left
    ]
    customer, as_of, leaves_on = (np.array(part) for part in zip(*rows, strict=True))
    until = FIRST + 7 * (weeks - 1)
    known = leaves_on <= until
    return Landmarks(
        features=(),
        values=np.empty((len(rows), 0)),
        customer=customer.astype(np.int64),
        as_of=as_of.astype(np.int32),
        tenure_days=np.zeros(len(rows), dtype=np.int32),
        leaves_on=np.where(known, leaves_on, NO_END).astype(np.int32),
        end_kind=np.where(known, CHURN, -1).astype(np.int8),
        seen_until=until,
        weight=np.ones(len(rows)),
    )


def fired(pairs):
    customer, week = zip(*pairs, strict=True) if pairs else ((), ())
    return Firings(
        np.array(customer, dtype=np.int64),
        (FIRST + 7 * np.array(week)).astype(np.int32),
    )


def figures(people, firings, *, within=70, since=FIRST - 1, csms=2):
    found = signal_figures(
        firings,
        Attendance(people, since),
        churn(people),
        within_days=within,
        effort=Effort(minutes=60, csms=csms),
    )
    return {each.figure: each.estimate for each in found}


def test_company_worked_by_hand():
    # 40 customers; 0 to 9 leave 40 days after week 5, 10 to 14 in week 12.
    leaves = [FIRST + 75] * 10 + [FIRST + 85] * 5 + [None] * 25
    # Week 5 (day 35): at ten of them who leave and ten who stay. Week 28: too late
    # to be followed for 70 days.
    pairs = [(c, 5) for c in (*range(8), 10, 11, *range(20, 30))]
    pairs += [(c, 28) for c in range(30, 34)]

    found = figures(company(leaves), fired(pairs))

    assert (found["fired"].value, found["fired"].n) == (24, 24)
    assert found["followed"].value == 20
    assert found["precision"].value == pytest.approx(10 / 20)
    # On day 35 all 40 were there, and 15 left by day 105.
    assert found["base_rate"].value == pytest.approx(15 / 40)
    assert found["lift"].value == pytest.approx((10 / 20) / (15 / 40))
    # Eight left after 40 days, two after 50.
    assert found["lead_days"].value == 40
    # All 15 left after day 70, so that openings of the 70 days before are known.
    assert found["covered"].value == pytest.approx(10 / 15)
    assert found["hours_per_week"].value == pytest.approx(24 / WEEKS)
    assert found["hours_per_csm"].value == pytest.approx(12 / WEEKS)
    for name in ("precision", "lift", "covered", "lead_days", "hours_per_csm"):
        each = found[name]
        assert each.low <= each.value <= each.high


def test_base_rate_is_of_the_dates_of_the_openings():
    # Half of those of the first weeks leave in week 3; nobody does later.
    leaves = [FIRST + 20] * 20 + [None] * 20
    early = [(c, 0) for c in range(20, 30)]
    late = [(c, 10) for c in range(30, 40)] + [(c, 11) for c in range(30, 40)]

    found = figures(company(leaves), fired(early + late))

    # A third of the openings is of a date with a rate of 20 / 40.
    assert found["base_rate"].value == pytest.approx(1 / 3 * 20 / 40)


def test_several_openings_of_a_customer_widen_the_interval():
    leaves = [FIRST + 100] * 10 + [None] * 30
    once = [(c, 8) for c in (*range(5), *range(20, 35))]
    often = [(c, week) for c, _ in once for week in (6, 7, 8, 9)]

    first, again = (figures(company(leaves), fired(p)) for p in (once, often))

    assert again["precision"].value == pytest.approx(first["precision"].value)
    assert again["precision"].n == first["precision"].n == 20
    width = again["precision"].high - again["precision"].low
    assert width == pytest.approx(first["precision"].high - first["precision"].low)


@pytest.mark.parametrize(
    ("pairs", "figure", "reason"),
    [
        ([], "precision", "never_fired"),
        ([], "hours_per_csm", "never_fired"),
        ([(c, 29) for c in range(20)], "precision", "no_follow_up"),
        ([(c, 5) for c in range(9)], "precision", "too_few_customers"),
        ([(c, 5) for c in range(15, 40)], "lift", "too_few_events"),
        ([(c, 5) for c in range(15, 40)], "lead_days", "too_few_events"),
    ],
)
def test_too_little_says_why(pairs, figure, reason):
    leaves = [FIRST + 75] * 15 + [None] * 25

    found = figures(company(leaves), fired(pairs))[figure]

    assert (found.value, found.low, found.reason) == (None, None, reason)


def test_nobody_left_and_nobody_in_charge_are_reasons():
    pairs = [(c, 5) for c in range(20)]

    found = figures(company([None] * 30), fired(pairs), csms=None)

    assert found["covered"].reason == "no_outcomes"
    assert found["hours_per_csm"].reason == "no_csms"
    assert found["hours_per_week"].value == pytest.approx(20 / WEEKS)
    assert found["precision"].value == 0
    assert found["precision"].high > 0


def test_lift_of_a_signal_that_knows_nothing_is_one_in_most_samples():
    """Drawn at random, its interval must hold 1 about 95 times in 100."""
    held = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        days = FIRST + random.exponential(400, 300).astype(int) + 1
        people = company([int(day) for day in days])
        rows = random.choice(len(people), 120, replace=False)
        firings = Firings(people.customer[rows], people.as_of[rows])
        found = figures(people, firings)["lift"]
        held += found.low <= 1 <= found.high
    assert held >= 90


@settings(max_examples=40)
@given(
    leaves=st.lists(
        st.one_of(st.none(), st.integers(FIRST + 1, FIRST + 200)),
        min_size=12,
        max_size=25,
    ),
    pairs=st.sets(st.tuples(st.integers(0, 11), st.integers(0, WEEKS - 1))),
    within=st.sampled_from([30, 70]),
    since=st.sampled_from([FIRST - 1, FIRST + 50]),
)
def test_counts_are_those_of_a_slow_count(leaves, pairs, within, since):
    people = company(leaves)
    until = people.seen_until
    there = [
        (c, FIRST + 7 * w)
        for c, w in pairs
        if leaves[c] is None or FIRST + 7 * w < leaves[c]
    ]

    found = figures(people, fired(sorted(pairs)), within=within, since=since)

    def follows(customer, day):
        left = leaves[customer]
        return left is not None and day < left <= min(day + within, until)

    recent = [(c, day) for c, day in there if day > since]
    followed = [(c, day) for c, day in recent if day + within <= until]
    leads = [leaves[c] - day for c, day in followed if follows(c, day)]
    assert found["fired"].value == len(recent)
    assert found["followed"].value == len(followed)
    if found["precision"].value is not None:
        assert found["precision"].value == pytest.approx(len(leads) / len(followed))
    if found["lead_days"].value is not None:
        assert found["lead_days"].value == median(leads)
    if found["covered"].value is not None:
        ends = [
            (c, left)
            for c, left in enumerate(leaves)
            if left is not None and max(since, FIRST + within) < left <= until
        ]
        hit = [
            any(who == c and left - within <= day < left for who, day in there)
            for c, left in ends
        ]
        assert found["covered"].value == pytest.approx(sum(hit) / len(hit))
