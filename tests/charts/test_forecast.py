"""A customer's chance over time, and what came of customers by their score."""

import datetime as dt
import json

import vl_convert

from banso.charts.forecast import ChancePoint, chance_history
from banso.charts.health import HealthShape
from banso.charts.score_bins import ScoreBin, churn_by_score

SHAPE = HealthShape(healthy=70, watch=40)


def points(*chances: float | None) -> list[ChancePoint]:
    first = dt.date(2026, 1, 4)
    return [
        ChancePoint(
            first + dt.timedelta(7 * week), p, p and p * 0.5, p and min(1, p * 2)
        )
        for week, p in enumerate(chances)
    ]


def bins(*shares: float | None) -> list[ScoreBin]:
    return [
        ScoreBin(10 * place, 100, share, share and share * 0.8, share and share * 1.2)
        for place, share in enumerate(shares)
    ]


def is_drawn(spec: object) -> bool:
    return "<svg" in vl_convert.vegalite_to_svg(json.dumps({**spec, "width": 400}))


def test_a_chance_over_time() -> None:
    chart = chance_history(points(0.02, None, 0.18), language="en")

    assert chart.sentence == (
        "The chance of leaving within 90 days went from 2.0% on 4 Jan 2026 to 18.0% on"
        " 18 Jan 2026."
    )
    assert chart.rows[0] == ("18 Jan 2026", "18.0%", "9.0% – 36.0%")
    assert chart.rows[1] == ("11 Jan 2026", "–", "–")
    assert is_drawn(chart.spec)


def test_no_chance_is_said() -> None:
    chart = chance_history(points(None), language="ja")

    assert chart.rows == ()
    assert chart.sentence == "まだ予測がありません。"


def test_a_certain_chance_fits() -> None:
    assert is_drawn(chance_history(points(1.0), language="ja").spec)


def test_a_long_history_is_thinned() -> None:
    chart = chance_history(points(*[0.1] * 900), language="en")

    assert len(chart.rows) <= 250


def test_who_left_by_score() -> None:
    found = bins(0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.04, 0.02, 0.01, 0.0)

    chart = churn_by_score(found, SHAPE, days=90, language="en")

    assert chart.sentence == (
        "Within 90 days, 20.0% left with a score below 40, and 1.0% with one from 70."
    )
    assert chart.rows[0] == ("0–10", "30.0%", "24.0% – 36.0%", "100")
    assert is_drawn(chart.spec)


def test_scores_on_one_side_only_are_not_compared() -> None:
    chart = churn_by_score(bins(0.3, 0.2), SHAPE, days=90, language="ja")

    assert chart.sentence.startswith("健康度の低い顧客と高い顧客の両方は")
    assert churn_by_score([], SHAPE, days=90, language="en").rows == ()


def test_nobody_left() -> None:
    assert is_drawn(
        churn_by_score(bins(0.0, 0.0, 0.0), SHAPE, days=90, language="en").spec
    )
