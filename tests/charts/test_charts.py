"""Specifications of charts: bounded, in both languages, with their table."""

import datetime as dt
import json

import altair as alt
import pytest

from banso.charts.chart import MAX_POINTS, Chart, thinned
from banso.charts.health import (
    BandCount,
    HealthPoint,
    HealthShape,
    band_counts,
    health_history,
)
from banso.charts.metrics import MetricPoint, MetricShape, metric_history
from banso.charts.theme import theme_config
from banso.kernel.labels import Label

FIRST = dt.date(2016, 1, 3)
SHAPE = HealthShape(
    healthy=70,
    watch=40,
    dimensions={
        "adoption": Label(ja="活用", en="Adoption"),
        "roi": Label(ja="成果", en="ROI"),
    },
)
ACTIVE = MetricShape(
    key="active_days",
    label=Label(ja="活動日数", en="Active days"),
    say=lambda value: f"{value:g}",
)


def weeks(count: int) -> list[dt.date]:
    return [FIRST + dt.timedelta(weeks=number) for number in range(count)]


def health(count: int, *, language: str = "en") -> Chart:
    points = [
        HealthPoint(
            day,
            None if number % 7 == 3 else 90 - number % 60,
            {"adoption": 50.0, "roi": None},
        )
        for number, day in enumerate(weeks(count))
    ]
    return health_history(points, SHAPE, language=language)


def bands(count: int, *, language: str = "en") -> Chart:
    points = [
        BandCount(day, {"healthy": 10, "at_risk": number})
        for number, day in enumerate(weeks(count))
    ]
    return band_counts(points, language=language)


def metric(count: int, *, language: str = "en") -> Chart:
    points = [MetricPoint(day, float(n)) for n, day in enumerate(weeks(count))]
    return metric_history(points, ACTIVE, language=language)


def values_in(spec: object) -> int:
    if isinstance(spec, dict):
        own = len(spec["values"]) if isinstance(spec.get("values"), list) else 0
        is_axis = not all(isinstance(v, dict) for v in spec.get("values", [{}]))
        rest = sum(values_in(part) for part in spec.values())
        return rest + (0 if is_axis else own)
    if isinstance(spec, list):
        return sum(values_in(part) for part in spec)
    return 0


@pytest.mark.parametrize("make", [health, bands, metric])
@pytest.mark.parametrize("count", [1, 2, 60, 520, 2000])
def test_chart_holds_at_most_500_points_and_the_last_day(make, count):
    chart = make(count)

    assert values_in(chart.spec) <= MAX_POINTS
    assert weeks(count)[-1].isoformat() in json.dumps(chart.spec)
    assert len(chart.rows) <= MAX_POINTS


@pytest.mark.parametrize("make", [health, bands, metric])
def test_specification_is_valid_and_the_same_each_time(make):
    first, second = make(60).spec, make(60).spec

    assert json.dumps(first) == json.dumps(second)
    alt.Chart.from_dict(dict(first), validate=True)


@pytest.mark.parametrize("make", [health, bands, metric])
def test_specification_has_no_color_of_its_own(make):
    assert "#" not in json.dumps(make(60).spec).replace("#/", "")


@pytest.mark.parametrize(
    ("make", "english", "japanese"),
    [
        (
            health,
            "Health went from 90 on 3 Jan 2016 to 86 on 31 Jan 2016.",
            "健康度は2016年1月3日の90から2016年1月31日の86になりました。",
        ),
        (
            bands,
            "Customers at risk went from 0 on 3 Jan 2016 to 4 on 31 Jan 2016.",
            "「危険」の顧客は2016年1月3日の0社から2016年1月31日の4社になりました。",
        ),
        (
            metric,
            "Active days went from 0 on 3 Jan 2016 to 4 on 31 Jan 2016.",
            "活動日数は2016年1月3日の0から2016年1月31日の4になりました。",
        ),
    ],
)
def test_sentence_says_what_the_chart_shows(make, english, japanese):
    assert make(5).sentence == english
    assert make(5, language="ja").sentence == japanese


def test_table_holds_the_same_newest_first_with_gaps_named():
    chart = health(5, language="ja")

    assert chart.columns == ("日付", "健康度", "活用", "成果")
    assert chart.rows[0] == ("2016年1月31日", "86", "50", "–")
    assert chart.rows[1] == ("2016年1月24日", "–", "50", "–")


def test_history_without_a_score_has_nothing_to_draw():
    points = [HealthPoint(day, None) for day in weeks(3)]

    chart = health_history(points, SHAPE, language="en")

    assert chart.rows == ()
    assert chart.sentence == "There is no score yet."


@pytest.mark.parametrize("language", ["ja", "en"])
def test_empty_history_is_a_sentence(language):
    charts = (
        health_history([], SHAPE, language=language),
        band_counts([], language=language),
        metric_history([], ACTIVE, language=language),
    )

    assert all(chart.rows == () and chart.sentence for chart in charts)


def test_thinning_keeps_the_last_row_and_the_order():
    rows = thinned(range(1000), 300)

    assert list(rows) == sorted(rows)
    assert rows[-1] == 999
    assert len(rows) <= 300


def test_themes_color_the_same_things():
    light, dark = theme_config("light"), theme_config("dark")

    assert light.keys() == dark.keys()
    assert light["range"] != dark["range"]
