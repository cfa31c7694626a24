"""Numbers, money and dates in both languages."""

import datetime as dt
from decimal import Decimal

import pytest

from banso.webkit import formatting as f

NOW = dt.datetime(2026, 11, 23, 0, 30, tzinfo=dt.UTC)  # 9:30 in Tokyo


@pytest.mark.parametrize(
    ("value", "currency", "english", "japanese"),
    [
        (Decimal("12345678.0000"), "JPY", "¥12,345,678", "¥12,345,678"),
        (Decimal("1234.5"), "USD", "US$1,234.50", "$1,234.50"),
        (Decimal(-500), "JPY", "−¥500", "−¥500"),
        (Decimal(0), "JPY", "¥0", "¥0"),
        (None, "JPY", "–", "–"),
    ],
)
def test_money_has_the_places_of_its_currency(value, currency, english, japanese):
    assert f.money(value, currency, language="en") == english
    assert f.money(value, currency, language="ja") == japanese


@pytest.mark.parametrize(
    ("value", "english", "japanese"),
    [
        (Decimal(12345678), "¥12.3M", "¥1,234.6万"),
        (Decimal(184200000), "¥184.2M", "¥1.8億"),
        (Decimal(36000), "¥36K", "¥3.6万"),
        (Decimal(950), "¥950", "¥950"),
        (None, "–", "–"),
    ],
)
def test_compact_money_counts_as_its_readers_do(value, english, japanese):
    assert f.compact_money(value, "JPY", language="en") == english
    assert f.compact_money(value, "JPY", language="ja") == japanese


@pytest.mark.parametrize(
    ("value", "currency", "english", "japanese"),
    [
        (984.1999999999999, "USD", "US$984", "$984"),
        (-7.45678, "USD", "−US$7.46", "−$7.46"),
        (7.45678, "JPY", "¥7", "¥7"),
        (Decimal("1234.5670"), "JPY", "¥1.2K", "¥1,235"),
        (927.9283364156028, "XXX", "¤928", "¤928"),
    ],
)
def test_compact_money_rounds_what_is_not_shortened(value, currency, english, japanese):
    assert f.compact_money(value, currency, language="en") == english
    assert f.compact_money(value, currency, language="ja") == japanese


def test_there_is_one_yen_sign_and_one_minus():
    texts = [
        f.compact_money(-123456, "JPY", language=language) for language in ("ja", "en")
    ]

    assert all("¥" in text and "−" in text for text in texts)
    assert not any("￥" in text or "-" in text or "JP" in text for text in texts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f.number(1234567.4, language="en"), "1,234,567"),
        (f.number(0.125, places=2, language="en"), "0.12"),
        (f.number(None), "–"),
        (f.quantity(3.14159, language="en"), "3.14"),
        (f.quantity(3.0, language="en"), "3"),
        (f.quantity(1234.5, language="en"), "1,234"),
        (f.compact(12345, language="ja"), "1.2万"),
        (f.compact(12345, language="en"), "12.3K"),
        (f.ratio(0.125, places=1, language="ja"), "12.5%"),
        (f.ratio(1.05, language="en"), "105%"),
        (f.ratio(None), "–"),
        (f.points(69.6, language="en"), "70"),
        (f.change(-12.4, language="en"), "−12"),
        (f.change(0.3, language="en"), "±0"),
        (f.change(4, language="ja"), "+4"),
        (f.change(None), "–"),
        (f.money_change(Decimal(1200000), "JPY", language="ja"), "+¥120万"),
        (f.ratio_change(0.025, language="en"), "+2.5 pt"),
        (f.ratio_change(-0.025, language="ja"), "−2.5ポイント"),
    ],
)
def test_number_reads_as_expected(text, expected):
    assert text == expected


@pytest.mark.parametrize(
    ("language", "day", "short", "month", "moment"),
    [
        ("en", "1 Feb 2026", "1 Feb 26", "Feb 2026", "23 Nov 2026, 09:30"),
        ("ja", "2026年2月1日", "2026/02/01", "2026年2月", "2026年11月23日 9:30"),
    ],
)
def test_dates_read_as_in_each_language(language, day, short, month, moment):
    first = dt.date(2026, 2, 1)

    assert f.day(first, language=language) == day
    assert f.short_day(first, language=language) == short
    assert f.month(first, language=language) == month
    assert f.moment(NOW, language=language) == moment


def test_day_of_a_time_is_the_companys():
    late = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)

    assert f.day(late, language="en") == "23 Nov 2026"


def test_country_is_named_in_each_language():
    assert f.country("JP", language="ja") == "日本"
    assert f.country("jp", language="en") == "Japan"
    assert f.country("Nippon", language="en") == "Nippon"


@pytest.mark.parametrize(
    ("value", "english", "japanese"),
    [
        (NOW - dt.timedelta(seconds=5), "just now", "たった今"),
        (NOW - dt.timedelta(hours=6), "6 hours ago", "6時間前"),
        (NOW + dt.timedelta(days=3), "in 3 days", "3日後"),
        (dt.date(2026, 11, 23), "today", "今日"),
        (dt.date(2026, 11, 20), "3 days ago", "3日前"),
        (None, "–", "–"),
    ],
)
def test_relative_time_reads_as_in_each_language(value, english, japanese):
    assert f.relative(value, now=NOW, language="en") == english
    assert f.relative(value, now=NOW, language="ja") == japanese


@pytest.mark.parametrize(
    ("value", "better", "tone"),
    [(3, "up", "good"), (3, "down", "bad"), (-3, "up", "bad"), (0, "up", "flat"),
     (0.4, "up", "flat"), (None, "up", "flat")],
)  # fmt: skip
def test_tone_says_whether_a_change_is_good_news(value, better, tone):
    assert f.tone_of(value, better=better, within=0.5) == tone


def test_names_are_listed_as_in_each_language():
    assert f.listed(["a", "b", "c"], language="en") == "a, b and c"
    assert f.listed(["a", "b", "c"], language="ja") == "a、b、c"
    assert f.listed([], language="en") == ""
