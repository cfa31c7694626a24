"""What acting on an open signal is worth: chance × amount × urgency × effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.forecasts import HORIZONS
from banso.definitions.signals import Outcome

FRESH_DAYS: Final = 7  # a signal is as urgent as on its first day
MONTHS: Final = 12  # of MRR are at stake

WhyNot = Literal["no_play", "no_chance", "no_mrr", "few_moves", "no_rate"]
Numbers = NDArray[np.float64]


def chance_column(outcome: Outcome, within_days: int) -> str:
    """Return the column of the forecast that is nearest to what a signal expects.

    Of two horizons that are equally near, it is the longer one.
    """
    nearest = min(HORIZONS, key=lambda days: (abs(days - within_days), -days))
    return f"{outcome}_{nearest}"


def urgency_since(age_days: Numbers, within_days: int) -> Numbers:
    """Return how urgent signals are that opened some days ago.

    Parameters
    ----------
    age_days
        (n,) days since the opening, 0 or more.
    within_days
        Within how many days the outcome is expected.

    Returns
    -------
    ndarray
        (n,) 0 to 1: 1 in the first week (or half of `within_days`, if that is less),
        then falling in a straight line to 0 at the end of `within_days`.

    """
    fresh = min(FRESH_DAYS, within_days / 2)
    return np.clip((within_days - age_days) / (within_days - fresh), 0, 1)


def urgency_before(
    days_to_renewal: Numbers, within_days: int, *, notice_days: int
) -> Numbers:
    """Return how urgent signals are that look at a renewal ahead.

    Parameters
    ----------
    days_to_renewal
        (n,) days to the next renewal, 0 or more; NaN where it is not known.
    within_days
        Within how many days the outcome is expected.
    notice_days
        How many days before the renewal notice is given at the latest.

    Returns
    -------
    ndarray
        (n,) 0 to 1, NaN where the renewal is not known: rising in a straight line from
        0, `within_days` before the last day for notice, to 1 on that day and after.

    """
    left = np.maximum(days_to_renewal - notice_days, 0)
    return np.clip(1 - left / within_days, 0, 1)


@dataclass(frozen=True)
class Stakes:
    """What is at stake with n open signals: the factors of their worth.

    Notes
    -----
    Source: docs/definitions/worth.md. Checked by hand in tests/analytics/signals.

    """

    outcome: NDArray[np.object_]  # (n,) what each is judged by
    chance: Numbers  # (n,) of the outcome; NaN: not known
    mrr: Numbers  # (n,) in the customer's currency; NaN: not known, or several
    # (n,) by which share of it MRR moves when it moves that way; NaN: not known
    size: Numbers
    urgency: Numbers  # (n,) 0 to 1
    effect: Numbers  # (n,) of the play that is proposed; NaN: none is
    rate: Numbers  # (n,) of the company's currency for one unit; NaN: none is known

    @cached_property
    def share(self) -> Numbers:
        """(n,) the share of MRR at stake: all of it for churn, else the usual move."""
        return np.where(self.outcome == "churn", 1.0, self.size)

    @cached_property
    def amount(self) -> Numbers:
        """(n,) twelve months of the MRR at stake, in the customer's currency."""
        return MONTHS * self.mrr * self.share

    @cached_property
    def worth(self) -> Numbers:
        """(n,) in the company's currency; NaN where a factor is not known."""
        return self.chance * self.amount * self.urgency * self.effect * self.rate

    @property
    def why_not(self) -> NDArray[np.object_]:
        """(n,) the first thing that is not known; None where there is a worth."""
        found = np.full(len(self.chance), None, dtype=object)
        lacking: Mapping[WhyNot, Numbers] = {
            "no_chance": self.chance,
            "no_rate": self.rate,
            "few_moves": self.share,
            "no_mrr": self.mrr,
            "no_play": self.effect,
        }
        for reason, values in lacking.items():  # the last one that is lacking stays
            found[np.isnan(values)] = reason
        return found
