"""From selling licences to subscriptions: how deep and how long the fish is.

Revenue dips, because a customer pays month by month what it paid at once before; cost
rises, because customers have to be served. Until both have crossed back, the difference
has to be paid from elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

Reason = Literal["no_fish", "not_within"]


@dataclass(frozen=True)
class FishPlan:
    """The assumptions. Money is in one currency; a month is the unit of time."""

    won: float  # new customers per month, however they pay
    licence_price: float  # once, per customer
    maintenance: float  # share of the licence price per year
    base: float  # licence customers under maintenance today
    monthly_price: float  # of the subscription, per customer
    setup_fee: float  # once, per new subscriber
    churn: float  # share of customers that leaves per month, 0..1
    shift_months: int  # until all new customers subscribe; 0: at once
    migration_months: int  # until the base subscribes too; 0: it never does
    fixed_cost: float  # per month, as today
    serving_cost: float  # per subscriber and month
    extra_cost: float  # per month, once all new customers subscribe
    months: int = 60

    def __post_init__(self) -> None:
        """Assert that the assumptions can be computed with."""
        assert 0 <= self.churn <= 1, "churn is a share"
        assert self.months >= 1, "at least a month"


@dataclass(frozen=True)
class FishMonth:
    """One month of the shift, beside the same month without it."""

    month: int  # from 1
    subscribers: float
    licence_revenue: float  # licences and maintenance
    subscription_revenue: float  # with set-up fees
    cost: float
    unchanged_revenue: float  # had nothing been changed
    unchanged_cost: float

    @property
    def revenue(self) -> float:
        """All of it."""
        return self.licence_revenue + self.subscription_revenue

    @property
    def gap(self) -> float:
        """What has to be paid from elsewhere, at least 0."""
        return max(0.0, self.cost - self.revenue)


@dataclass(frozen=True)
class Fish:
    """The months in which cost lies above revenue, and what they cost."""

    months: Sequence[FishMonth]
    depth: float  # the largest gap of a month
    deepest: int | None  # in which month; null without a gap
    begins: int | None  # the first month with a gap
    ends: int | None  # the first month after the last gap; null: not within the time
    size: float  # all gaps added up
    overtakes: int | None  # first month by which it earned as much as no change would
    reason: Reason | None  # why `begins` or `ends` is null

    @property
    def length(self) -> int | None:
        """Months from the first gap to the last, both counted."""
        if self.begins is None or self.ends is None:
            return None
        return self.ends - self.begins


LEVERS: Final[Mapping[str, str]] = {
    "slower_shift": "the shift takes twice as long",
    "lower_churn": "a third fewer customers leave",
    "higher_price": "the subscription costs a tenth more",
    "setup_fee": "new subscribers pay three months as a set-up fee",
    "lower_extra_cost": "the extra cost is half as high",
    "migrated_base": "the base subscribes within two years",
}


def fish(plan: FishPlan) -> Fish:
    """Return the fish of a plan.

    Parameters
    ----------
    plan
        The assumptions.

    Returns
    -------
    Fish
        ``no_fish`` when revenue never falls below cost; ``not_within`` when it is
        still below in the last month: the fish is longer than what was looked at.

    Notes
    -----
    Source: docs/definitions/fish-model.md, where one year is worked out by hand.

    """
    months = list(_months(plan))
    gaps = [each for each in months if each.gap > 0]
    overtakes = _overtakes(months)
    if not gaps:
        return Fish(months, 0.0, None, None, None, 0.0, overtakes, "no_fish")
    deepest = max(gaps, key=lambda each: each.gap)
    ends = gaps[-1].month + 1
    is_open = ends > plan.months
    return Fish(
        months=months,
        depth=deepest.gap,
        deepest=deepest.month,
        begins=gaps[0].month,
        ends=None if is_open else ends,
        size=sum(each.gap for each in gaps),
        overtakes=overtakes,
        reason="not_within" if is_open else None,
    )


def smaller_fish(plan: FishPlan) -> Sequence[tuple[str, Fish]]:
    """Return what each of `LEVERS` alone would make of a fish, the smallest first.

    A lever that changes nothing of the plan (a base of nobody to migrate) is left out.
    """
    plans = {
        "slower_shift": replace(plan, shift_months=max(1, plan.shift_months) * 2),
        "lower_churn": replace(plan, churn=plan.churn * 2 / 3),
        "higher_price": replace(plan, monthly_price=plan.monthly_price * 1.1),
        "setup_fee": replace(plan, setup_fee=plan.setup_fee + 3 * plan.monthly_price),
        "lower_extra_cost": replace(plan, extra_cost=plan.extra_cost / 2),
        "migrated_base": replace(plan, migration_months=24),
    }
    assert set(plans) == set(LEVERS), "each lever has its words"
    if not plan.base or plan.migration_months:
        del plans["migrated_base"]
    found = [(key, fish(other)) for key, other in plans.items() if other != plan]
    return sorted(found, key=lambda each: each[1].size)


def _months(plan: FishPlan) -> Sequence[FishMonth]:
    yearly = plan.licence_price * plan.maintenance / 12
    base = unchanged = plan.base
    subscribers = 0.0
    months = []
    for month in range(1, plan.months + 1):
        share = min(1.0, month / plan.shift_months) if plan.shift_months else 1.0
        unchanged = unchanged * (1 - plan.churn) + plan.won
        base *= 1 - plan.churn
        migrated = base * _migrating(plan, month)
        base += plan.won * (1 - share) - migrated
        subscribers = subscribers * (1 - plan.churn) + plan.won * share + migrated
        licences = plan.won * (1 - share) * plan.licence_price
        fees = plan.won * share * plan.setup_fee
        months.append(
            FishMonth(
                month=month,
                subscribers=subscribers,
                licence_revenue=licences + base * yearly,
                subscription_revenue=subscribers * plan.monthly_price + fees,
                cost=plan.fixed_cost
                + plan.serving_cost * subscribers
                + plan.extra_cost * share,
                unchanged_revenue=plan.won * plan.licence_price + unchanged * yearly,
                unchanged_cost=plan.fixed_cost,
            )
        )
    return months


def _migrating(plan: FishPlan, month: int) -> float:
    """Return the share of what is left of the base that migrates in a month."""
    left = plan.migration_months - month + 1
    return 1 / left if left >= 1 else float(bool(plan.migration_months))


def _overtakes(months: Sequence[FishMonth]) -> int | None:
    """Return the first month from which on the shift has earned more in all.

    Before it has earned less at least once: a shift that is ahead from the first month
    has nothing to overtake, and overtakes in month 1.
    """
    ahead, since = 0.0, None
    for each in months:
        kept = each.unchanged_revenue - each.unchanged_cost
        ahead += each.revenue - each.cost - kept
        if ahead < 0:
            since = None
        elif since is None:
            since = each.month
    return since
