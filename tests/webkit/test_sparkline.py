"""The sparkline."""

import re

import pytest

from banso.webkit.sparkline import sparkline


def runs_of(svg: str) -> list[str]:
    path = re.search(r' d="([^"]*)"', svg)
    assert path
    return [run for run in path.group(1).split("M") if run]


def test_null_leaves_a_gap():
    svg = sparkline([10, 20, None, 30, 40], title="t")

    assert [run.count("L") for run in runs_of(svg)] == [1, 1]


def test_lone_point_is_a_dot():
    svg = sparkline([None, 50, None], title="t")

    assert runs_of(svg) == ["48.0 12.0h0"]


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_known_draws_nothing(values):
    svg = sparkline(values, title="none")

    assert runs_of(svg) == []
    assert "circle" not in svg


def test_last_point_is_marked_only_when_it_is_known():
    assert "circle" in sparkline([1, 2], title="t")
    assert "circle" not in sparkline([1, None], title="t")


def test_values_beyond_the_scale_stay_inside():
    heights = re.findall(
        r" (\d+\.\d)", " ".join(runs_of(sparkline([-9, 400], title="t")))
    )

    assert heights == ["21.0", "3.0"]


def test_title_is_escaped():
    assert "<title>&lt;b&gt;</title>" in sparkline([1], title="<b>")


def test_equal_scale_does_not_divide_by_nought():
    assert runs_of(sparkline([5, 5], title="t", low=5, high=5))
