"""Reasons of signals with the values of a day in them."""

import pytest

from banso.analytics.forecast.forecasts import HORIZONS
from banso.analytics.signals.reasons import value_in_words
from banso.definitions.signals import CHANCES


@pytest.mark.parametrize(
    ("value", "form", "ja", "en"),
    [
        (14.0, "days", "14日", "14 days"),
        (1.0, "days", "1日", "1 day"),
        (0.0, "people", "0人", "0 people"),
        (3.0, "count", "3件", "3"),
        (1234.0, "seats", "1,234席", "1,234 seats"),
        (0.834, "ratio", "83%", "83%"),
        (0.034, "ratio", "3.4%", "3.4%"),
        (0.0, "ratio", "0%", "0%"),
        (-0.35, "change", "−35%", "−35%"),
        (0.35, "change", "+35%", "+35%"),
        (38.26, "points", "38.3", "38.3"),
        (1234567.8, "money", "1,234,568", "1,234,568"),
        (-0.04, "number", "0", "0"),
        ("pro", "number", "pro", "pro"),
        (None, "days", "–", "–"),
    ],
)
def test_value_is_said_by_its_unit(value, form, ja, en):
    found = value_in_words(value, form)

    assert (found.ja, found.en) == (ja, en)


def test_chances_are_those_that_every_release_has():
    targets = ("churn", "expansion", "contraction")

    assert tuple(f"{target}_{d}" for target in targets for d in HORIZONS) == CHANCES
