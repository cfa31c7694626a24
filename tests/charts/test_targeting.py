"""Five groups with their intervals: the drawing, its sentence and its table."""

import altair as alt
import pytest
from tests.charts.specs import values_in

from banso.charts.targeting import TargetGroup, targeting_groups

GROUPS = [
    TargetGroup(1, 96, 0.42, 0.25, 0.556),
    TargetGroup(2, 96, 0.30, 0.12, 0.46),
    TargetGroup(3, 96, 0.20, 0.01, 0.38),
    TargetGroup(4, 9, None, None, None),
    TargetGroup(5, 96, -0.02, -0.2, 0.16),
]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_drawing_is_valid_and_holds_the_known_groups(language: str) -> None:
    chart = targeting_groups(GROUPS, 0.2, is_proven=True, language=language)

    alt.LayerChart.from_dict(dict(chart.spec))
    assert values_in(chart.spec) >= 4
    assert '"4"' not in str(chart.spec).replace("'", '"')


def test_table_has_all_groups_in_points() -> None:
    chart = targeting_groups(GROUPS, 0.2, is_proven=True, language="en")

    assert chart.rows[0] == ("1", "96", "+42.0", "+25.0 to +55.6")
    assert chart.rows[3] == ("4", "9", "–", "–")
    assert chart.rows[4][2] == "−2.0"
    assert "+42.0 points (+25.0 to +55.6)" in chart.sentence
    assert "−2.0 (−20.0 to +16.0)" in chart.sentence


def test_nothing_is_drawn_without_an_effect() -> None:
    assert targeting_groups([GROUPS[3]], None, is_proven=True, language="ja").rows == ()


def test_order_that_is_not_proven_is_told_without_its_ends() -> None:
    said = targeting_groups(GROUPS, 0.2, is_proven=False, language="en").sentence

    assert said == "How these five groups differ is no reason to single anybody out."
