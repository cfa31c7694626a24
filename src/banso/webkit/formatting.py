"""Numbers, money, dates and changes as a reader of either language expects them.

All functions take the language as a parameter; `None` means the one of the request.
A missing value is an en dash everywhere: nothing known is never shown as nought.
"""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.lists import format_list
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
)
from django.utils import timezone, translation

Number = int | float | Decimal
Tone = Literal["good", "bad", "flat"]

MISSING: Final = "–"
MINUS: Final = "−"
_FOUR_DIGITS: Final = re.compile(r"(?<![\d.,])(\d)(\d{3})(?!\d)")
_THOUSANDS: Final = re.compile(r"(?<=\d)(?:k|m|bn|tn)\b")
_JUST_NOW: Final = {"ja": "たった今", "en": "just now"}


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    # day before month, as most of the readers of English in Asia and Europe write
    return Locale.parse("ja" if language.startswith("ja") else "en_GB")


def _of(language: str | None) -> Locale:
    return _locale(language or translation.get_language() or "en")


def _signs(text: str) -> str:
    """Use one minus, one yen sign, separators and K, M, B, whatever the locale prefers.

    Versions of CLDR differ in how the British write a million. Compact Japanese
    amounts have up to four digits before 万 and no separator.
    """
    text = _FOUR_DIGITS.sub(r"\1,\2", text)
    text = _THOUSANDS.sub(lambda found: found[0][0].upper(), text)
    return text.replace("-", MINUS).replace("￥", "¥").replace("JP¥", "¥")


def number(
    value: Number | None, *, places: int = 0, language: str | None = None
) -> str:
    """Return a number with separators and a fixed number of decimal places."""
    if value is None:
        return MISSING
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return _signs(format_decimal(value, format=pattern, locale=_of(language)))


def quantity(value: Number | None, *, language: str | None = None) -> str:
    """Return a number with the places that matter: none from 100 on, else two."""
    if value is None:
        return MISSING
    pattern = "#,##0" if _size(value) >= 100 else "#,##0.##"
    return _signs(format_decimal(value, format=pattern, locale=_of(language)))


def compact(value: Number | None, *, language: str | None = None) -> str:
    """Return a number in few characters: 12.3K, 1.2万."""
    if value is None:
        return MISSING
    return _signs(
        format_compact_decimal(value, locale=_of(language), fraction_digits=1)
    )


def points(value: Number | None, *, language: str | None = None) -> str:
    """Return a score of 0 to 100 as a whole number."""
    return number(value, language=language)


def ratio(value: Number | None, *, places: int = 0, language: str | None = None) -> str:
    """Return a ratio of 0 to 1 as a percentage."""
    if value is None:
        return MISSING
    pattern = "#,##0" + ("." + "0" * places if places else "") + "%"
    return _signs(format_percent(value, format=pattern, locale=_of(language)))


def money(value: Number | None, currency: str, *, language: str | None = None) -> str:
    """Return an amount in full, with as many places as its currency has."""
    if value is None:
        return MISSING
    places = get_currency_precision(currency)
    pattern = "¤#,##0" + ("." + "0" * places if places else "")
    text = format_currency(
        value, currency, format=pattern, locale=_of(language), currency_digits=False
    )
    return _signs(text)


def compact_money(
    value: Number | None, currency: str, *, language: str | None = None
) -> str:
    """Return an amount in few characters: ¥12.3M, ¥1234.6万.

    What is too small to be shortened is rounded: to whole units from 100 on, else to
    the places of its currency.
    """
    if value is None:
        return MISSING
    size = _size(value)
    places = 0 if size < 1000 else 1
    if size < (10_000 if _of(language).language == "ja" else 1000):
        kept = 0 if size >= 100 else get_currency_precision(currency)
        value = round(Decimal(str(value)), kept)
    text = format_compact_currency(
        value, currency, locale=_of(language), fraction_digits=places
    )
    return _signs(text)


def day(value: dt.date | None, *, language: str | None = None) -> str:
    """Return a date in full: 23 Nov 2026, 2026年11月23日."""
    if value is None:
        return MISSING
    locale = _of(language)
    pattern = "y年M月d日" if locale.language == "ja" else "d MMM y"
    return format_date(_local(value), format=pattern, locale=locale)


def short_day(value: dt.date | None, *, language: str | None = None) -> str:
    """Return a date for a narrow column: 23 Nov 26, 2026/11/23."""
    if value is None:
        return MISSING
    locale = _of(language)
    pattern = "y/MM/dd" if locale.language == "ja" else "d MMM yy"
    return format_date(_local(value), format=pattern, locale=locale)


def month(value: dt.date | None, *, language: str | None = None) -> str:
    """Return the month of a date: Nov 2026, 2026年11月."""
    if value is None:
        return MISSING
    locale = _of(language)
    pattern = "y年M月" if locale.language == "ja" else "MMM y"
    return format_date(_local(value), format=pattern, locale=locale)


def quarter(value: dt.date | None, *, language: str | None = None) -> str:
    """Return the calendar quarter of a date: Q4 2026, 2026年Q4."""
    if value is None:
        return MISSING
    number = (_local(value).month + 2) // 3
    if _of(language).language == "ja":
        return f"{_local(value).year}年Q{number}"
    return f"Q{number} {_local(value).year}"


def year(value: dt.date | None, *, language: str | None = None) -> str:
    """Return the year of a date: 2026, 2026年."""
    if value is None:
        return MISSING
    text = str(_local(value).year)
    return f"{text}年" if _of(language).language == "ja" else text


def moment(value: dt.datetime | None, *, language: str | None = None) -> str:
    """Return a time in the company's zone: 23 Nov 2026, 09:05."""
    if value is None:
        return MISSING
    locale = _of(language)
    pattern = "y年M月d日 H:mm" if locale.language == "ja" else "d MMM y, HH:mm"
    return format_datetime(value, format=pattern, tzinfo=_zone(), locale=locale)


def relative(
    value: dt.datetime | dt.date | None,
    *,
    now: dt.datetime,
    language: str | None = None,
) -> str:
    """Return how long ago or ahead something is: 3 days ago, 2週間後."""
    if value is None:
        return MISSING
    locale = _of(language)
    if isinstance(value, dt.datetime):
        apart = value - now
        if abs(apart) < dt.timedelta(minutes=1):
            return _JUST_NOW["ja" if locale.language == "ja" else "en"]
    else:
        apart = value - now.astimezone(_zone()).date()
        if not apart:
            return "今日" if locale.language == "ja" else "today"
    granularity: Literal["minute", "day"] = (
        "minute" if isinstance(value, dt.datetime) else "day"
    )
    said = format_timedelta(
        apart, granularity=granularity, add_direction=True, locale=locale
    )
    return said.replace(" ", "") if locale.language == "ja" else said


def listed(names: Sequence[str], *, language: str | None = None) -> str:
    """Return names one after the other: "a, b and c", 「a、b、c」; nothing for none."""
    return str(format_list(names, locale=_of(language)))


def country(code: str, *, language: str | None = None) -> str:
    """Return the name of a country by its code of ISO 3166; else what is given."""
    return str(_of(language).territories.get(code.upper(), code))


def change(
    value: Number | None, *, places: int = 0, language: str | None = None
) -> str:
    """Return a difference with its sign: +4, −12, ±0."""
    if value is None:
        return MISSING
    rounded = round(float(value), places)
    text = number(abs(rounded), places=places, language=language)
    return f"{_sign(rounded)}{text}"


def money_change(
    value: Number | None, currency: str, *, language: str | None = None
) -> str:
    """Return a difference of money with its sign, compact: +¥1.2M."""
    if value is None:
        return MISSING
    return f"{_sign(value)}{compact_money(_size(value), currency, language=language)}"


def ratio_change(value: Number | None, *, language: str | None = None) -> str:
    """Return a difference of ratios in percentage points: +2.5 pt."""
    if value is None:
        return MISSING
    rounded = round(float(value) * 100, 1)
    text = number(abs(rounded), places=1, language=language)
    unit = "ポイント" if _of(language).language == "ja" else " pt"
    return f"{_sign(rounded)}{text}{unit}"


def tone_of(value: Number | None, *, better: str = "up", within: float = 0.0) -> Tone:
    """Return whether a difference is good news; `within` counts as no difference."""
    if value is None or _size(value) <= within:
        return "flat"
    return "good" if (value > 0) == (better == "up") else "bad"


def _size(value: Number) -> Number:
    return -value if value < 0 else value


def _sign(value: Number) -> str:
    if value == 0:
        return "±"
    return "+" if value > 0 else MINUS


def _zone() -> ZoneInfo:
    return ZoneInfo(timezone.get_current_timezone_name())


def _local(value: dt.date) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.astimezone(_zone()).date()
    return value
