"""A planted next feature is found; noise is no better than what is popular."""

from functools import cache

from simulated_use import (
    DAYS,
    FIRST_DAY,
    SimulatedUse,
    recommendations,
    simulated_use,
)

from banso.analytics.recommending.judging import (
    JudgedRecommendations,
    judged_recommendations,
)

END = FIRST_DAY + DAYS


@cache
def planted() -> SimulatedUse:
    return simulated_use(customers=2000, seed=1)


def trial(use: SimulatedUse) -> dict[str, JudgedRecommendations]:
    found = judged_recommendations(use.as_of(END - 174), use.as_of(END), use.profiles)
    return {row.method: row for row in found}


def test_the_planted_next_item_is_better_than_the_popular_ones() -> None:
    found = trial(planted())

    assert found["difference"].reason is None
    assert found["similar"].low > found["popular"].value
    assert found["similar"].n == found["popular"].n > 400


def test_noise_is_not_better_than_the_popular_ones() -> None:
    reasons = [
        trial(simulated_use(customers=500, is_planted=False, seed=seed))[
            "difference"
        ].reason
        for seed in range(12)
    ]

    assert reasons.count("no_better") >= 11


def test_who_uses_the_one_is_told_of_the_other() -> None:
    use = planted()
    known = use.as_of(END)
    first = {
        row.customer: row
        for row in recommendations(known, use.profiles)
        if row.rank == 1
    }

    pairs = set(zip(known.customer, known.item, strict=True))
    # Users of item 0, not yet of item 1, in no industry with a wish of its own.
    industry = use.profiles.traits[0].codes
    waiting = [
        customer
        for customer in first
        if (customer, 0) in pairs and (customer, 1) not in pairs
        and industry[customer] != 1
        and not any((customer, place) in pairs for place in (2, 4, 6, 8))
    ]  # fmt: skip
    right = [first[customer].item.name == "item_01" for customer in waiting]
    assert len(waiting) >= 20
    assert sum(right) / len(right) > 0.9


def test_an_industry_is_told_of_what_its_own_take_up() -> None:
    use = planted()

    industry = use.profiles.traits[0].codes
    told = [
        row.customer
        for row in recommendations(use.as_of(END), use.profiles)
        if row.item.name == "item_20" and row.rank <= 2
    ]
    assert sum(industry[customer] == 1 for customer in told) / len(told) > 0.75


def test_what_is_soon_dropped_is_never_recommended() -> None:
    use = planted()

    found = recommendations(use.as_of(END), use.profiles)

    assert "item_25" not in {row.item.name for row in found}


def test_chances_come_true_as_often_as_they_say() -> None:
    use = planted()
    then, now = use.as_of(END - 174), use.as_of(END)
    later = dict(
        zip(
            zip(now.customer, now.item, strict=True),
            zip(now.first_day, now.last_day, strict=True),
            strict=True,
        )
    )
    places = {item: place for place, item in enumerate(use.items)}

    total = happened = 0.0
    for row in recommendations(then, use.profiles):
        if row.rank > 2:
            continue
        first, last = later.get((row.customer, places[row.item]), (0, 0))
        is_kept = then.as_of < first <= then.as_of + 90 and last >= first + 56
        happened += is_kept and use.profiles.left_on[row.customer] > first + 56
        total += row.chance
    assert 0.75 < happened / total < 1.25
