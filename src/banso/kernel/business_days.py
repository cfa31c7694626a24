"""Business days: neither weekend nor holiday of a country."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

from banso.kernel.public_holidays import PUBLIC_HOLIDAYS

Country = Literal["GB", "JP", "US"]
_SATURDAY: Final = 5
_COUNTRY_OF_ZONE: Final[Mapping[str, Country]] = {
    "Asia/Tokyo": "JP",
    "Japan": "JP",
    "Europe/London": "GB",
    "GB": "GB",
    **dict.fromkeys(
        (
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Phoenix",
            "America/Los_Angeles",
            "America/Anchorage",
            "Pacific/Honolulu",
        ),
        "US",
    ),
}
# Between the holidays by law, offices in Japan are closed as the authorities are.
_YEAR_END: Final = ("0102", "0103", "1229", "1230", "1231")


def country_of_zone(zone: str) -> Country | None:
    """Return the country whose holidays hold in a time zone; None when not known."""
    return _COUNTRY_OF_ZONE.get(zone)


def is_business_day(day: dt.date, country: Country | None) -> bool:
    """Return whether people work on a day.

    Nobody works on Saturdays, Sundays, public holidays and the days that stand in for
    them. In Japan, nor from 29 December to 3 January.

    Parameters
    ----------
    day
        Any day. Holidays are known from 2000 to 2050; before and after, only weekends
        and the Japanese turn of the year are free.
    country
        Whose holidays count; None: of no country, so every Monday to Friday counts.

    Notes
    -----
    Source: for Japan, the law of national holidays (国民の祝日に関する法律) with the
    equinoxes as computed, and the law of holidays of the authorities
    (行政機関の休日に関する法律); for the others, see `tools/public_holidays.py`.

    """
    return day.weekday() < _SATURDAY and day not in _holidays(country, day.year)


def business_day_after(day: dt.date, n: int, country: Country | None) -> dt.date:
    """Return the n-th business day after a day.

    Parameters
    ----------
    day
        The day that is counted from; it may be a holiday itself.
    n
        How many business days later, 0 or more. 0 is the day itself when it is a
        business day, else the next one.
    country
        As for `is_business_day`.

    """
    if n < 0:
        raise ValueError(n)
    found = day
    left = n
    while left or not is_business_day(found, country):
        found += dt.timedelta(days=1)
        left -= left > 0 and is_business_day(found, country)
    return found


@cache
def _holidays(country: Country | None, year: int) -> frozenset[dt.date]:
    if country is None:
        return frozenset()
    texts = PUBLIC_HOLIDAYS[country].get(year, "").split()
    texts += _YEAR_END if country == "JP" else ()
    return frozenset(dt.date(year, int(t[:2]), int(t[2:])) for t in texts)
