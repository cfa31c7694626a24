"""Business days by hand: golden week, substitutes, the turn of the year, weekends."""

import datetime as dt

import pytest

from banso.kernel.business_days import (
    business_day_after,
    country_of_zone,
    is_business_day,
)
from banso.kernel.public_holidays import PUBLIC_HOLIDAYS

D = dt.date


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (D(2026, 4, 28), 1, D(2026, 4, 30)),  # 昭和の日 on Wednesday the 29th
        (D(2026, 5, 1), 1, D(2026, 5, 7)),  # Sunday 3rd to 5th, and the 6th for it
        (D(2026, 5, 1), 2, D(2026, 5, 8)),
        (D(2026, 9, 18), 1, D(2026, 9, 24)),  # 21st and 23rd, so the 22nd as well
        (D(2025, 2, 21), 1, D(2025, 2, 25)),  # Sunday 23rd, so Monday 24th
        (D(2026, 12, 28), 1, D(2027, 1, 4)),  # 29 December to 3 January
        (D(2020, 7, 22), 1, D(2020, 7, 27)),  # moved for the Olympic Games
        (D(2019, 4, 26), 1, D(2019, 5, 7)),  # ten days for the new emperor
        (D(2026, 11, 26), 3, D(2026, 12, 1)),  # over a weekend
    ],
)
def test_business_day_in_japan(day, n, then):
    assert business_day_after(day, n, "JP") == then


def test_day_itself_counts_for_none_only_when_it_is_a_business_day():
    assert business_day_after(D(2026, 11, 26), 0, "JP") == D(2026, 11, 26)
    assert business_day_after(D(2026, 5, 2), 0, "JP") == D(2026, 5, 7)
    assert business_day_after(D(2026, 5, 2), 1, "JP") == D(2026, 5, 7)
    with pytest.raises(ValueError, match="-1"):
        business_day_after(D(2026, 5, 2), -1, "JP")


def test_every_country_has_its_own_holidays():
    thanksgiving = D(2026, 11, 26)

    assert not is_business_day(thanksgiving, "US")
    assert is_business_day(thanksgiving, "GB")
    assert not is_business_day(D(2026, 12, 28), "GB")  # for Saturday the 26th
    assert business_day_after(D(2026, 5, 1), 1, None) == D(2026, 5, 4)
    assert business_day_after(D(2051, 1, 1), 1, "JP") == D(2051, 1, 4)


def test_zone_tells_the_country():
    assert country_of_zone("Asia/Tokyo") == "JP"
    assert country_of_zone("America/New_York") == "US"
    assert country_of_zone("Asia/Singapore") is None


def test_table_holds_each_country_and_year():
    years = set(range(2000, 2051))

    assert {key: set(of) for key, of in PUBLIC_HOLIDAYS.items()} == dict.fromkeys(
        ("GB", "JP", "US"), years
    )
