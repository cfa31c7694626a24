"""Where MRR came from and went: the bridge, movements by period, curves."""

import datetime as dt
import json

import pytest
import vl_convert

from banso.charts.revenue import (
    Curve,
    LevelShape,
    PeriodMoves,
    Step,
    bridge_chart,
    curves_chart,
    movements_chart,
)

STEPS = [
    Step("opening", 1000, "/lines?kind=opening"),
    Step("new", 50, "/lines?kind=new"),
    Step("expansion", 30),
    Step("churn", -60, "/lines?kind=churn"),
    Step("closing", 1020),
]


def yen(value: float) -> str:
    return f"¥{value:,.0f}"


def moves(label: str, **kinds: float) -> PeriodMoves:
    every = ("new", "reactivation", "expansion", "contraction", "churn")
    return PeriodMoves(label, {k: kinds.get(k, 0.0) for k in every}, {})


def is_drawn(spec: object) -> bool:
    return "<svg" in vl_convert.vegalite_to_svg(json.dumps({**spec, "width": 400}))


def bars(spec: object) -> list[dict[str, object]]:
    return spec["layer"][0]["data"]["values"]


def test_each_bar_of_the_bridge_begins_where_the_one_before_ended() -> None:
    chart = bridge_chart(STEPS, period="Nov 2026", say=yen, language="en")

    found = [(bar["start"], bar["end"], bar["tone"]) for bar in bars(chart.spec)]
    assert found == [
        (0.0, 1000, "level"),
        (1000, 1050, "up"),
        (1050, 1080, "up"),
        (1080, 1020, "down"),
        (0.0, 1020, "level"),
    ]
    assert [bar["url"] for bar in bars(chart.spec)][1] == "/lines?kind=new"
    assert is_drawn(chart.spec)


def test_the_bridge_is_said_in_one_sentence_and_a_table() -> None:
    chart = bridge_chart(STEPS, period="2026年11月", say=yen, language="ja")

    assert chart.sentence == (
        "2026年11月のMRRは¥1,000から¥1,020になりました（増加¥80、減少¥60）。"
        "横軸は0から始まっていません。"
    )
    assert chart.rows[3] == ("解約", "¥-60")


def test_small_movements_beside_large_levels_can_be_seen() -> None:
    spec = bridge_chart(STEPS, period="x", say=yen, language="en").spec

    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low == 972  # 0.35 of the 80 that MRR moved through
    assert high > 1080


def test_a_bridge_from_nothing_begins_at_nought() -> None:
    steps = [Step("opening", 0), Step("new", 100), Step("closing", 100)]

    chart = bridge_chart(steps, period="x", say=yen, language="en")
    spec = chart.spec

    assert chart.sentence == "In x MRR went from ¥0 to ¥100: ¥100 gained and ¥0 lost."
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0.0, 130.0]
    assert is_drawn(spec)


def test_movements_name_the_best_period() -> None:
    chart = movements_chart(
        [moves("Oct", new=10, churn=-30), moves("Nov", new=20)],
        say=yen,
        language="en",
    )

    assert chart.sentence == (
        "MRR grew in 1 of 2 periods; the best was Nov with ¥20 net."
    )
    assert chart.rows[0] == ("Nov", "¥20", "¥0", "¥0", "¥0", "¥0")
    assert is_drawn(chart.spec)


def test_a_period_without_a_movement_keeps_its_place() -> None:
    chart = movements_chart(
        [moves("Sep", new=10), moves("Oct"), moves("Nov", churn=-5)],
        say=yen,
        language="en",
    )

    across = chart.spec["layer"][0]["encoding"]["x"]
    assert across["scale"]["domain"] == ["Sep", "Oct", "Nov"]
    assert chart.rows[1] == ("Oct", "¥0", "¥0", "¥0", "¥0", "¥0")


def test_curves_leave_out_what_is_not_known() -> None:
    first, second = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    shape = LevelShape("k", "NRR", lambda v: f"{v:.0%}", lambda d: f"{d:%b}", ".0%")
    curves = [
        Curve("NRR", [(first, 0.9), (second, 1.1)]),
        Curve("GRR", [(first, None), (second, 0.8)], is_dashed=True),
    ]

    chart = curves_chart(curves, shape, language="en")

    assert chart.sentence == "NRR went from 90% in Jan to 110% in Feb."
    assert chart.rows == (("Feb", "110%", "80%"), ("Jan", "90%", "–"))
    assert len(chart.spec["data"]["values"]) == 3
    assert is_drawn(chart.spec)


def test_color_and_dashes_share_one_legend(capfd: pytest.CaptureFixture[str]) -> None:
    day = dt.date(2026, 1, 1)
    shape = LevelShape("k", "NRR", lambda v: f"{v:.0%}", lambda d: f"{d:%b}", ".0%")
    curves = [Curve("NRR", [(day, 0.9)]), Curve("GRR", [(day, 0.8)], is_dashed=True)]

    spec = curves_chart(curves, shape, language="en").spec
    vega = vl_convert.vegalite_to_vega(
        json.dumps({**spec, "width": 400}), show_warnings=True
    )

    (legend,) = vega["legends"]
    assert legend["stroke"] == "color"
    assert legend["strokeDash"] == "strokeDash"
    assert capfd.readouterr().err == ""  # nothing said of properties in conflict
