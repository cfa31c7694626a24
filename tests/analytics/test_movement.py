"""Why a score moved: the lines add up, and each says what its element did."""

import math
import random

import pytest

from banso.analytics.movement import Place, Reading, movement, rounded_to_total

USAGE = ("engagement", "regularity")
SEATS = ("deployment", "seat_use")
TARGETS = ("roi", "outcomes_met")


def test_the_example_of_the_page_is_right() -> None:
    # docs/concepts/why-did-it-move.md
    before = {USAGE: Reading(80, 0.5), SEATS: Reading(60, 0.5)}
    after = {
        USAGE: Reading(50, 0.4),
        SEATS: Reading(60, 0.4),
        TARGETS: Reading(100, 0.2),
    }

    found = movement(before, after)

    assert found is not None
    assert (found.before, found.after) == (70, 64)
    effects = {(line.dimension, line.element): line.effect for line in found.lines}
    assert effects[USAGE] == pytest.approx(-13.5)
    assert effects[SEATS] == 0
    assert effects[TARGETS] == pytest.approx(6.6)
    assert found.shifted == pytest.approx(0.9)
    assert found.total == -6


def test_without_comings_and_goings_only_points_matter() -> None:
    before = {USAGE: Reading(80, 0.5), SEATS: Reading(60, 0.5)}
    after = {USAGE: Reading(40, 0.5), SEATS: Reading(70, 0.5)}

    found = movement(before, after)

    assert found is not None
    assert [(line.element, line.effect) for line in found.lines] == [
        ("regularity", -20),
        ("seat_use", 5),
    ]
    assert found.shifted == 0
    assert not found.has_shift


def test_an_element_that_left_below_the_score_raises_it() -> None:
    before = {USAGE: Reading(80, 0.5), SEATS: Reading(20, 0.5)}
    after = {USAGE: Reading(80, 1.0), SEATS: Reading(None, 0.0)}

    found = movement(before, after)

    assert found is not None
    (seats,) = [line for line in found.lines if line.kind == "went"]
    assert seats.effect == pytest.approx(0.5 * (65 - 20))
    assert seats.after is None
    assert found.has_shift


@pytest.mark.parametrize("empty", [{}, {USAGE: Reading(None, 0.0)}])
def test_nothing_moves_without_two_scores(empty: dict[Place, Reading]) -> None:
    there = {USAGE: Reading(80, 1.0)}

    assert movement(there, empty) is None
    assert movement(empty, there) is None


def some_reading(draw: random.Random, places: list[Place]) -> dict[Place, Reading]:
    """Return elements whose weights add up to 1, some of them without a score."""
    weights = {place: draw.choice([0.0, draw.random()]) for place in places}
    weights[draw.choice(places)] = 0.5
    total = sum(weights.values())
    return {
        place: Reading(draw.uniform(0, 100) if weight else None, weight / total)
        for place, weight in weights.items()
    }


def test_the_lines_always_add_up() -> None:
    draw = random.Random(7)
    places = [(f"side{side}", f"part{part}") for side in range(4) for part in range(3)]
    for _round in range(500):
        before, after = some_reading(draw, places), some_reading(draw, places)

        found = movement(before, after)

        assert found is not None
        effects = [line.effect for line in found.lines]
        assert math.isclose(
            math.fsum([*effects, found.shifted]), found.total, abs_tol=1e-9
        )
        points = math.fsum(reading.points for reading in after.values())
        assert math.isclose(found.after, points, abs_tol=1e-9)


def test_written_numbers_add_up_to_the_written_total() -> None:
    draw = random.Random(3)
    for _round in range(300):
        values = [draw.uniform(-20, 20) for _value in range(draw.randint(1, 20))]
        total = math.fsum(values)

        written = rounded_to_total(values, total)

        assert round(sum(written), 1) == round(total, 1)
        assert all(
            abs(said - value) < 0.1 + 1e-9
            for said, value in zip(written, values, strict=True)
        )
