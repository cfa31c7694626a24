"""The landing of due renewals by month."""

import json

import vl_convert

from banso.charts.renewals import Landfall, landing_chart

MONTHS = [
    Landfall("Oct 2026", 0.85, 0.5, 1.0, 0.4),
    Landfall("Nov 2026", None, None, None, 0.9),
    Landfall("Dec 2026", 0.9, 0.7, 1.0, None),
]


def test_the_sentence_is_about_the_next_month() -> None:
    chart = landing_chart(MONTHS, title="t", language="en")

    assert chart.sentence == (
        "In Dec 2026 90.0% (70%–100%) of the MRR that falls due should renew."
    )
    assert chart.rows == (
        ("Oct 2026", "85.0%", "50%–100%", "40.0%"),
        ("Nov 2026", "–", "–", "90.0%"),
        ("Dec 2026", "90.0%", "70%–100%", "–"),
    )


def test_it_is_drawn_from_below_the_lowest_value() -> None:
    spec = landing_chart(MONTHS, title="t", language="ja").spec

    domain = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert domain[0] <= 0.4
    svg = vl_convert.vegalite_to_svg(json.dumps({**spec, "width": 400}))
    assert "<svg" in svg


def test_nothing_foretold_is_said() -> None:
    chart = landing_chart([], title="t", language="ja")

    assert chart.sentence == "見込みはまだありません。"
