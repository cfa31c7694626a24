"""Why a health score moved between two dates, line by line, with nothing left over."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Place = tuple[str, str]  # dimension, element
Kind = Literal["changed", "came", "went"]


@dataclass(frozen=True)
class Reading:
    """An element on one date, as `health_parts` has it."""

    score: float | None  # 0 to 100; None: it takes no part
    weight: float  # after redistribution; 0 without a score

    @property
    def points(self) -> float:
        """What it adds to the health score."""
        return 0.0 if self.score is None else self.score * self.weight

    @property
    def counts(self) -> bool:
        """Whether it takes part in the health score."""
        return self.score is not None and self.weight > 0


@dataclass(frozen=True)
class Line:
    """What one element did to the health score."""

    dimension: str
    element: str
    kind: Kind
    before: Reading | None  # None: it took no part then
    after: Reading | None  # None: it takes no part now
    effect: float  # points of health, signed


@dataclass(frozen=True)
class Movement:
    """The way from one health score to another.

    ``sum of the effects of lines + shifted == after - before``, up to the last bit of
    a float.
    """

    before: float
    after: float
    lines: tuple[Line, ...]  # the strongest first
    shifted: float  # weight that moved among the elements that were there all along

    @property
    def total(self) -> float:
        """The difference of the two scores."""
        return self.after - self.before

    @property
    def has_shift(self) -> bool:
        """Whether any element came or went, so that weight had to move."""
        return any(line.kind != "changed" for line in self.lines) or not math.isclose(
            self.shifted, 0, abs_tol=1e-9
        )


def movement(
    before: Mapping[Place, Reading], after: Mapping[Place, Reading]
) -> Movement | None:
    """Return what made the score go from one date's to another's.

    An element that counts on both dates is charged with the change of its own points
    of 0 to 100, at the mean of its two weights. An element that came or went is charged
    with its weight times its distance from the middle of the two scores: it raises
    health when it stands above what the others say. What its coming or going made of
    the weights of the others is the line `Movement.shifted`.

    Parameters
    ----------
    before, after
        The elements of one customer on each date, by dimension and element. The weights
        of those that count add up to 1 on each date.

    Returns
    -------
    Movement or None
        None when no element counts on one of the dates: there is no score to move from
        or to.

    Notes
    -----
    Source: docs/concepts/why-did-it-move.md. Checked in
    tests/analytics/test_movement.py: the example by hand, and exactness at random.

    """
    old = {place: reading for place, reading in before.items() if reading.counts}
    new = {place: reading for place, reading in after.items() if reading.counts}
    if not old or not new:
        return None
    first = math.fsum(reading.points for reading in old.values())
    last = math.fsum(reading.points for reading in new.values())
    middle = (first + last) / 2
    lines = [
        _line(place, old.get(place), new.get(place), middle=middle)
        for place in sorted(old.keys() | new.keys())
    ]
    lines.sort(key=lambda line: (-abs(line.effect), line.dimension, line.element))
    shifted = math.fsum(
        _shift(old[place], new[place], middle=middle)
        for place in sorted(old.keys() & new.keys())
    )
    return Movement(before=first, after=last, lines=tuple(lines), shifted=shifted)


def rounded_to_total(
    values: Sequence[float], total: float, *, places: int = 1
) -> list[float]:
    """Return the values rounded so that they add up to the rounded total.

    A reader adds up what is written. The values that lie nearest to the other
    neighboring step give way, by one step each.
    """
    step = 10.0**places
    exact = [value * step for value in values]
    steps = [round(value) for value in exact]
    missing = round(total * step) - sum(steps)
    sign = 1 if missing > 0 else -1
    by_nearness = sorted(
        range(len(steps)), key=lambda place: sign * (steps[place] - exact[place])
    )
    for place in by_nearness[: abs(missing)]:
        steps[place] += sign
    return [value / step for value in steps]


def _line(
    place: Place, old: Reading | None, new: Reading | None, *, middle: float
) -> Line:
    kind: Kind = "changed"
    if old is None:
        assert new is not None
        assert new.score is not None
        kind, effect = "came", new.weight * (new.score - middle)
    elif new is None:
        assert old.score is not None
        kind, effect = "went", -old.weight * (old.score - middle)
    else:
        assert old.score is not None
        assert new.score is not None
        effect = (new.score - old.score) * (old.weight + new.weight) / 2
    return Line(*place, kind=kind, before=old, after=new, effect=effect)


def _shift(old: Reading, new: Reading, *, middle: float) -> float:
    """Return what the change of an element's weight did, at its mean points."""
    assert old.score is not None
    assert new.score is not None
    return (new.weight - old.weight) * ((old.score + new.score) / 2 - middle)
