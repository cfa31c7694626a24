"""What is planted in Aozora Cloud: every parameter of the mechanism, in one place."""

import datetime as dt
import zlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Planted:
    """The parameters of the truth. Hazards are per week; ratios multiply a hazard."""

    # (a) The one element that drives churn: documents digitised over the target,
    # mean of the last twelve weeks.
    driver_hazard_ratio_per_tenth_missing: float = 1.40
    driver_reference: float = 0.75
    driver_weeks: int = 12
    # (b), (c) Onboarding.
    onboarding_failure_share: float = 0.30
    first_year_churn_after_success: float = 0.08
    first_year_churn_after_failure: float = 0.10
    health_ratio_after_failure: float = 0.50  # about: what the next five make of it
    days_of_use_a_month_after_failure: float = 1.2
    events_on_such_a_day_after_failure: float = 0.4  # times the usual
    touchpoints_after_failure: float = 0.1  # times the usual, from the 120th day on
    reach_after_failure: float = 0.8  # share of the people who take turns
    hours_saved_ratio_after_failure: float = 0.1
    share_erosion_per_year_after_failure: float = 0.55  # on the logit scale
    # (e) Four plays, assigned by lot; a ratio holds for `play_weeks` weeks.
    coaching_hazard_ratio: float = 0.40
    newsletter_hazard_ratio: float = 1.0
    play_weeks: int = 26
    coaching_offered_below: float = 0.55  # of the driver, at the start of a quarter
    seat_review_buys: float = 0.15  # share who buy seats within `seat_review_weeks`
    seat_review_weeks: int = 13
    courtesy_call_hazard_ratio: float = 1.0
    # (f) The ideal customer, and the one not to sell to.
    ideal_hazard_ratio: float = 0.45
    ideal_expansion_ratio: float = 3.0
    misfit_hazard_ratio: float = 1.6
    # (g) The turbo: champions who take part in the community.
    fan_expansion_ratio: float = 1.8
    fan_referrals_per_year: float = 0.45
    other_referrals_per_year: float = 0.04
    # (h) The rest of life.
    champion_leaves_per_year: float = 0.10
    champion_left_hazard_ratio: float = 2.2
    champion_left_weeks: int = 26
    involuntary_per_year: float = 0.006
    replaced_share: float = 0.3
    discount_request_before_churn: float = 0.40
    discount_request_per_year: float = 0.05
    pause_share: float = 0.04
    reactivation_share: float = 0.10
    silent_share: float = 0.02
    price_rise: float = 0.05


@dataclass(frozen=True)
class Setting:
    """One company to be made: how many customers, between which days, how loud."""

    customers: int
    first_day: dt.date
    last_day: dt.date
    seed: int
    volume: float = 1.0  # events a customer, as a multiple of the usual number
    planted: Planted = Planted()

    @property
    def days(self) -> int:
        """The number of days from the first to the last, both inclusive."""
        return (self.last_day - self.first_day).days + 1

    @property
    def weeks(self) -> int:
        """The number of weeks begun."""
        return -(-self.days // 7)

    def day(self, offset: int) -> dt.date:
        """Return the date that lies `offset` days after the first day."""
        return self.first_day + dt.timedelta(days=int(offset))

    def offset(self, day: dt.date) -> int:
        """Return how many days after the first day `day` lies."""
        return (day - self.first_day).days

    def random(self, name: str, block: int = 0) -> np.random.Generator:
        """Return the random numbers of one purpose.

        Each purpose draws from its own stream, so that a change in one table leaves
        the others as they were.
        """
        purpose = zlib.crc32(name.encode())
        return np.random.default_rng([self.seed, block, purpose])
