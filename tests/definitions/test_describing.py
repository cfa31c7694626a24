"""Definitions in plain words: what a person reads at "how is this computed?"."""

import pytest

from banso.definitions.describing import describe_condition, describe_metric
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files
from banso.tables.registry import TABLES


@pytest.fixture(scope="module")
def catalog():
    catalog, _ = read_catalog(starter_files())
    assert catalog is not None
    return catalog


@pytest.mark.parametrize(
    ("key", "ja", "en"),
    [
        (
            "active_contacts_28",
            "直近28日間の利用イベントに関わった人の数（同じ人は一人と数えます）",
            "Number of different people in product events in the last 28 days",
        ),
        (
            "mrr",
            "基準日の時点で有効な契約の「月次経常収益」の合計",
            (
                "Sum of “recurring revenue per month” over subscriptions running "
                "on the day"
            ),
        ),
        (
            "contacts_known",
            "基準日の時点で在籍中の担当者・利用者の数",
            "Number of contacts who are there on the day",
        ),
        (
            "seat_use",
            "「利用者数（28日間）」÷「契約席数」（分母が0のときは値なし）",
            (
                "People who use it (28 days) ÷ Seats bought (no value when the "
                "latter is 0)"
            ),
        ),
        (
            "milestones_on_time",
            (
                "基準日までの導入ステップ（予定日が入力されているもの）のうち、"
                "到達日が予定日以前であるものの割合"
            ),
            (
                "Share, among onboarding milestones up to the day where “planned on” "
                "is given, of those where “reached on” is on or before “planned on”"
            ),
        ),
    ],
)
def test_metric_in_words(catalog, key, ja, en):
    words = describe_metric(catalog.metric_by_key[key], catalog.metric_by_key)

    assert (words.ja, words.en) == (ja, en)


@pytest.mark.parametrize(
    ("where", "ja", "en"),
    [
        ("value > 1000", "値が1000より大きい", "“value” is more than 1000"),
        ("3 < value", "値が3より大きい", "“value” is more than 3"),
        (
            "occurred_at < '2026-04-01'",
            "発生日時が「2026-04-01」より前である",
            "“occurred at” is before '2026-04-01'",
        ),
        (
            "name == '{x}' and (value is None or not starts_with(name, 'a'))",
            (
                "イベント名が「{x}」である、かつ（値が空欄である、または"
                "「イベント名が「a」で始まる」に当てはまらない）"
            ),
            (
                "“name” is '{x}' and (“value” is empty or it is not so that “name” "
                "starts with 'a')"
            ),
        ),
        (
            "properties.paid == True and name not in ['a', 'b']",
            "properties.paidが「はい」である、かつイベント名が「a」「b」のいずれでもない",
            "“properties.paid” is yes and “name” is none of 'a', 'b'",
        ),
    ],
)
def test_condition_in_words(where, ja, en):
    words = describe_condition(where, "events")

    assert (words.ja, words.en) == (ja, en)


def test_every_starter_metric_has_different_words(catalog):
    words = [describe_metric(m, catalog.metric_by_key) for m in catalog.metrics]

    assert len({label.ja for label in words}) == len(words)
    assert len({label.en for label in words}) == len(words)
    assert not any("{" in label.ja + label.en for label in words)


def test_days_counted_from_a_date_name_the_date():
    text = (
        "schema_version: 1\nmetrics:\n  - {key: since, label: {ja: 日, en: D}, unit: "
        "days, kind: days_since_last, table: subscriptions, of: signed_on}\n"
    )

    catalog, _ = read_catalog({"metrics/since.yaml": text.encode()})

    assert catalog is not None
    words = describe_metric(catalog.metrics[0], {})
    assert words.ja == (
        "契約のうち、最も新しいものの「契約締結日」から基準日までの日数（先ならマイナス）"
    )
    assert words.en == (
        "Days from “signed on” of the newest of subscriptions to the day "
        "(negative before it)"
    )


def test_rows_that_last_have_words_for_every_table_with_a_span():
    text = "schema_version: 1\nmetrics:\n"
    for name, spec in TABLES.items():
        if spec.span is not None:
            text += (
                f"  - {{key: {name}, label: {{ja: 数, en: Number}}, unit: count, "
                f"kind: running, table: {name}}}\n"
            )

    catalog, _ = read_catalog({"metrics/spans.yaml": text.encode()})

    assert catalog is not None
    assert all(describe_metric(m, {}).ja for m in catalog.metrics)
