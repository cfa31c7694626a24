"""Keeping beside winning: one point of churn against one point of acquisition."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

NEAR: Final = 0.9  # of the ceiling: from there on growth is all but over


@dataclass(frozen=True)
class GrowthPlan:
    """The assumptions. Rates are per year, and of today's recurring revenue."""

    mrr: float  # today, above 0
    churn: float  # share of revenue lost per year, 0..1
    acquisition: float  # new revenue per year as a share of today's, at least 0
    acquisition_growth: float  # by which that rises per year; -0.1: falls by 10 %
    expansion: float  # by which revenue of those who stay rises per year
    point: float = 0.01  # what is moved, per year
    months: int = 60

    def __post_init__(self) -> None:
        """Assert that the assumptions can be computed with."""
        assert self.mrr > 0, "a business with revenue"
        assert 0 <= self.churn < 1, "churn is a share below 1"
        assert self.acquisition >= 0, "nothing is won below 0"
        assert self.acquisition_growth > -1, "it does not fall below nothing"
        assert self.expansion > -1, "it does not fall below nothing"


@dataclass(frozen=True)
class Growth:
    """What becomes of recurring revenue."""

    mrr: Sequence[float]  # (months + 1,) today and at the end of each month
    won: Sequence[float]  # (months,) new revenue of each month
    lost: Sequence[float]  # (months,) churn less expansion; below 0: it grows by itself
    stalls: int | None  # first month that wins no more than it loses
    ceiling: float | None  # revenue at which both are equal; null: there is none
    nears: int | None  # first month at nine tenths of the ceiling

    @property
    def last(self) -> float:
        """Recurring revenue at the end."""
        return self.mrr[-1]


@dataclass(frozen=True)
class BothLevers:
    """The same business as it is, with a point less churn, with a point more won."""

    present: Growth
    keeping: Growth
    winning: Growth

    @property
    def kept(self) -> float:
        """What the point of churn adds to recurring revenue at the end."""
        return self.keeping.last - self.present.last

    @property
    def gained(self) -> float:
        """What the point of acquisition adds."""
        return self.winning.last - self.present.last

    @property
    def points_worth(self) -> float | None:
        """How many points of acquisition a point of churn is worth; null: no gain."""
        return self.kept / self.gained if self.gained > 0 else None


def both_levers(plan: GrowthPlan) -> BothLevers:
    """Return a plan as it is, and with either lever moved by its point.

    Churn cannot fall below 0: with less than a point of it, what there is is taken off.
    """
    less = replace(plan, churn=max(0.0, plan.churn - plan.point))
    more = replace(plan, acquisition=plan.acquisition + plan.point)
    return BothLevers(growth(plan), growth(less), growth(more))


def growth(plan: GrowthPlan) -> Growth:
    """Return recurring revenue month by month.

    Parameters
    ----------
    plan
        The assumptions. Yearly rates are spread over the months so that twelve of them
        make the year: ``(1 - churn) ** (1 / 12)``.

    Returns
    -------
    Growth
        ``ceiling`` is null where there is none: acquisition that grows or falls has no
        resting point, nor has revenue whose expansion makes up for churn.

    Notes
    -----
    Source: docs/definitions/growth-model.md, where a year is worked out by hand.

    """
    stays = ((1 - plan.churn) * (1 + plan.expansion)) ** (1 / 12)
    faster = (1 + plan.acquisition_growth) ** (1 / 12)
    won_now = plan.mrr * plan.acquisition / 12
    mrr, won, lost = [plan.mrr], [], []
    for month in range(plan.months):
        won.append(won_now * faster**month)
        lost.append(mrr[-1] * (1 - stays))
        mrr.append(mrr[-1] + won[-1] - lost[-1])
    ceiling = won_now / (1 - stays) if stays < 1 and faster == 1 else None
    return Growth(
        mrr=mrr,
        won=won,
        lost=lost,
        stalls=_first(new <= gone for new, gone in zip(won, lost, strict=True)),
        ceiling=ceiling,
        nears=None
        if ceiling is None or ceiling <= plan.mrr
        else _first(value >= NEAR * ceiling for value in mrr[1:]),
    )


def _first(marks: Iterable[bool]) -> int | None:
    return next((place for place, mark in enumerate(marks, start=1) if mark), None)
