"""Reasons of signals with the values of a day in them."""

import pytest

from banso.analytics.forecast.forecasts import HORIZONS
from banso.analytics.signals.reasons import forms_of, reason_in_words, value_in_words
from banso.definitions.reading import read_catalog
from banso.definitions.signals import CHANCES
from banso.definitions.starter_set import starter_files


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


def test_reason_is_filled_with_the_values():
    catalog, _issues = read_catalog(starter_files())
    assert catalog is not None
    signals = {each.key: each for each in catalog.signals}

    def said(key, values):
        signal = signals[key]
        forms = forms_of(signal.told, catalog.metric_by_key)
        return reason_in_words(signal, values, forms)

    renewal = said("renewal_with_low_health", {"days_to_renewal": 90, "score": 41.5})
    likely = said("churn_likely", {"churn_90": 0.27})
    falls = said("use_falls", {"events_change_28": -0.42, "events_28": None})

    assert renewal.ja == "契約更新まで90日、ヘルススコアは41.5です。"
    assert renewal.en == "The renewal is in 90 days and the health score is at 41.5."
    assert likely.ja == "90日以内に解約する確率は27%と予測されています。"
    assert falls.ja == "操作数が前の28日間から−42%変化し、–になりました。"
