"""Two signals compared: by hand, and against resampled customers."""

from dataclasses import replace

import numpy as np
import pytest

from banso.analytics.figures.estimate import Estimate
from banso.analytics.signals.comparing import Tally, differences, verdict
from banso.analytics.signals.difference_sentences import (
    comparison_in_words,
    difference_in_words,
)
from banso.kernel.labels import Label

FIRST, SECOND = Label("甲", "A"), Label("乙", "B")


def tally(*, fired, hit, outcomes, covered, minutes=60, weeks=10, outcome="churn"):
    def floats(values):
        return np.asarray(values, dtype=np.float64)

    return Tally(
        outcome=outcome,
        fired=floats(fired),
        followed=floats(fired),
        hit=floats(hit),
        outcomes=floats(outcomes),
        covered=floats(covered),
        hours=minutes / 60 / weeks,
    )


# Twenty customers. The first signal fires once at each of them, the second only at the
# ten of which eight leave; both cover these eight, the first two more of the others.
TEN, NONE = [1] * 10, [0] * 10
EIGHT, TWO = [1] * 8 + [0] * 2, [1] * 2 + [0] * 8
WIDE = tally(
    fired=TEN + TEN, hit=EIGHT + TWO, outcomes=EIGHT + TWO, covered=EIGHT + TWO
)
NARROW = tally(
    fired=TEN + NONE, hit=EIGHT + NONE, outcomes=EIGHT + TWO, covered=EIGHT + NONE
)


def test_differences_are_those_counted_by_hand():
    found = differences(WIDE, NARROW)

    assert found["fired"].value == -10
    assert found["hours_per_week"].value == pytest.approx(-1)  # 10 × 60 min ÷ 10 weeks
    # 8/10 less 10/20. The first moves by (hit − 1/2)/20 at each, the second by
    # (hit − 4/5)/10 at its ten: together 0.02 − 0.025 = −0.005 at the eight,
    # −0.08 + 0.025 = −0.055 at two, −0.025 at the two others that left, 0.025 at
    # eight; squares 8 × 0.000025 + 2 × 0.003025 + 10 × 0.000625 = 0.0125, × 20 ÷ 19.
    precision = found["precision"]
    assert precision.value == pytest.approx(0.3)
    reach = 1.959964 * (0.0125 * 20 / 19) ** 0.5
    assert precision.low == pytest.approx(0.3 - reach, abs=1e-6)
    assert precision.high == pytest.approx(0.3 + reach, abs=1e-6)
    # 8/10 less 10/10: the ten that left move it by (covered − 0.8)/10.
    covered = found["covered"]
    assert covered.value == pytest.approx(-0.2)
    reach = 1.959964 * ((8 * 0.02**2 + 2 * 0.08**2) * 20 / 19) ** 0.5
    assert covered.high == pytest.approx(-0.2 + reach, abs=1e-6)
    assert precision.n == 20


def test_pairs_tell_more_than_two_intervals_beside_each_other():
    draw = np.random.default_rng(7)
    fired = draw.integers(1, 4, size=300)
    hit = draw.binomial(fired, 0.3)
    also = np.where(draw.random(300) < 0.9, fired, 0)  # nearly the same openings
    outcomes = draw.integers(0, 2, size=300)
    covered = draw.binomial(outcomes, 0.6)
    first = tally(fired=fired, hit=hit, outcomes=outcomes, covered=covered)
    second = tally(
        fired=also,
        hit=np.minimum(hit, also),
        outcomes=outcomes,
        covered=np.where(also > 0, covered, 0),
    )

    found = differences(first, second)

    resampled = {"fired": [], "precision": [], "covered": []}
    for _ in range(2000):
        mine = draw.integers(0, 300, size=300)
        resampled["fired"].append((second.fired - first.fired)[mine].sum())
        for name, part, whole in (
            ("precision", "hit", "followed"),
            ("covered", "covered", "outcomes"),
        ):
            shares = [
                getattr(each, part)[mine].sum() / getattr(each, whole)[mine].sum()
                for each in (first, second)
            ]
            resampled[name].append(shares[1] - shares[0])
    for name, values in resampled.items():
        reach = (found[name].high - found[name].low) / 2
        assert reach == pytest.approx(1.96 * np.std(values), rel=0.08), name


def test_what_cannot_be_compared_says_why():
    never = tally(fired=[0] * 20, hit=[0] * 20, outcomes=[0] * 20, covered=[0] * 20)
    other = replace(NARROW, outcome="expansion")
    few = tally(fired=[1] * 9, hit=[1] * 9, outcomes=[1] * 9, covered=[1] * 9)

    def reasons(one, two):
        return {name: each.reason for name, each in differences(one, two).items()}

    assert set(reasons(never, never).values()) == {"never_fired"}
    assert reasons(WIDE, other) == {
        "fired": None,
        "precision": "other_outcome",
        "covered": "other_outcome",
        "hours_per_week": None,
    }
    assert set(reasons(few, few).values()) == {"too_few_customers"}
    assert reasons(WIDE, never)["precision"] == "no_follow_up"
    quiet = replace(WIDE, hit=np.zeros(20))
    assert reasons(quiet, quiet)["precision"] == "too_few_events"


def around(value: float, reach: float) -> Estimate:
    return Estimate(value, value - reach, value + reach, n=50, events=20)


def test_same_cases_have_no_interval():
    found = differences(WIDE, replace(WIDE, fired=WIDE.fired * 2))

    assert found["fired"].value == 20
    assert found["covered"].reason == found["precision"].reason == "same_cases"
    assert verdict(found) == "untold"


def test_all_against_none_has_no_interval():
    every = replace(WIDE, covered=WIDE.outcomes)
    none = replace(WIDE, covered=WIDE.outcomes * 0)

    found = differences(every, none)["covered"]

    assert (found.reason, found.value) == ("all_or_none", None)


@pytest.mark.parametrize(
    ("precision", "covered", "better"),
    [
        (around(0.1, 0.05), around(0.0, 0.1), "second"),
        (around(-0.1, 0.05), around(0.0, 0.1), "first"),
        (around(0.0, 0.05), around(-0.2, 0.1), "first"),
        (around(0.1, 0.05), around(-0.2, 0.1), "either"),
        (around(0.1, 0.2), around(-0.1, 0.2), "untold"),
        (Estimate.unknown("too_few_events", n=9), around(0.2, 0.1), "second"),
    ],
)
def test_verdict_needs_differences_beyond_chance(precision, covered, better):
    found = {"precision": precision, "covered": covered}

    assert verdict(found) == better


def test_sentences_name_the_better_one_and_its_price():
    found = {
        "fired": around(-40, 20),
        "precision": around(0.1, 0.05),
        "covered": around(-0.02, 0.1),
        "hours_per_week": around(-1.5, 0.5),
    }

    said = comparison_in_words(found, first=FIRST, second=SECOND)

    assert said.en == (
        "B is better: compared with A, it is right more often, and covers no fewer"
        " beyond chance. B costs 1.5 hours a week less."
    )
    assert said.ja == (
        "乙 のほうがよさそうです。甲 より的中率が高く、捉えた割合は劣っていません。"
        "手間は 乙 が週1.5時間少なくて済みます。"
    )
    either = found | {"covered": around(-0.2, 0.1), "hours_per_week": around(0, 1)}
    said = comparison_in_words(either, first=FIRST, second=SECOND)
    assert said.en.startswith("Each has its side: B is right more often, A covers more")
    assert "的中率は 乙 が、捉えた割合は 甲 が勝ります" in said.ja
    untold = found | {"precision": around(0.0, 0.1), "hours_per_week": around(0, 1)}
    said = comparison_in_words(untold, first=FIRST, second=SECOND)
    assert said.en.startswith("Which is better cannot be told yet")
    assert said.ja.startswith("どちらがよいか、まだ分かりません")
    other = found | {"precision": Estimate.unknown("other_outcome", n=3)}
    said = comparison_in_words(other, first=FIRST, second=SECOND)
    assert "different outcomes" in said.en
    assert "評価する結果が違う" in said.ja


def test_differences_are_said_with_their_sign():
    assert difference_in_words("precision", around(0.042, 0.052)) == (
        "+4.2 (−1.0 – +9.4)"
    )
    assert difference_in_words("fired", around(-40, 20)) == "−40 (−60 – −20)"
    assert difference_in_words("fired", Estimate.unknown("never_fired", n=0)) == "–"
