"""Reasons of signals with the values of a day in them, for many customers at once."""

import pyarrow as pa
import pytest

from banso.analytics.signals.reasons import forms_of
from banso.definitions.catalog import Catalog
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files
from banso.runs.signal_reasons import reasons_in_words


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    catalog, _issues = read_catalog(starter_files())
    assert catalog is not None
    return catalog


def said(catalog: Catalog, key: str, values: dict[str, list]) -> dict[str, list[str]]:
    (signal,) = (each for each in catalog.signals if each.key == key)
    forms = forms_of(signal.told, catalog.metric_by_key)
    found = reasons_in_words(signal, pa.table(values), forms)
    return {language: texts.to_pylist() for language, texts in found.items()}


def test_reason_is_filled_with_the_values(catalog: Catalog) -> None:
    renewal = said(
        catalog,
        "renewal_with_low_health",
        {"days_to_renewal": [90, 1, 90], "score": [41.5, 38.26, None]},
    )
    likely = said(catalog, "churn_likely", {"churn_90": [0.27]})
    falls = said(
        catalog, "use_falls", {"events_change_28": [-0.42], "events_28": [None]}
    )

    assert renewal["ja"] == [
        "契約更新まで90日、ヘルススコアは41.5です。",
        "契約更新まで1日、ヘルススコアは38.3です。",
        "契約更新まで90日、ヘルススコアは–です。",
    ]
    assert renewal["en"] == [
        "The renewal is in 90 days and the health score is at 41.5.",
        "The renewal is in 1 day and the health score is at 38.3.",
        "The renewal is in 90 days and the health score is at –.",
    ]
    assert likely["ja"] == ["90日以内に解約する確率は27%と予測されています。"]
    assert falls["ja"] == ["操作数が前の28日間から−42%変化し、–になりました。"]


def test_reason_that_names_nothing_is_the_same_for_everybody(catalog: Catalog) -> None:
    rows = {"unread": [1.0, 2.0]}

    found = said(catalog, "no_decision_maker", rows)

    assert len(set(found["en"])) == 1
    assert [len(texts) for texts in found.values()] == [2, 2]
