"""What the analyses of drivers return: one row for each row of a result table."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["higher_stays", "lower_stays", "none"]


@dataclass(frozen=True)
class DriverRow:
    """Leavers against stayers in one feature: a row of the result table ``drivers``.

    A figure that cannot be had is null. ``reason`` says why the comparison, or when it
    is ``goes_with_another`` the adjusted part alone, cannot be had.
    """

    element: str  # the key of the feature
    kind: str  # metric | element | dimension | score | attribute | milestone | survey
    stratum: str  # "all", "tenure:0-1", "tenure:1-2", "tenure:2+"
    n_churned: int  # leavings that were compared
    n_renewed: int  # customers that were compared and never left
    mean_churned: float | None  # null for a category
    mean_renewed: float | None  # of stayers on the same dates at the same tenure
    effect: float | None  # stayers minus leavers in standard deviations
    low: float | None
    high: float | None
    p_value: float | None
    q_value: float | None  # over all rows of the table
    direction: Direction
    auc: float | None  # chance that the stayer of a pair alike has the higher value
    adjusted_effect: float | None  # with adjust_for and the kept others held equal
    adjusted_low: float | None
    adjusted_high: float | None
    adjusted_q: float | None
    is_kept: bool | None  # null where it was not looked at
    lead_days: int | None  # leavers differ at least so long before they leave
    stability: float | None  # share of half-years with the sign of the effect
    missing_share: float
    reason: str | None


@dataclass(frozen=True)
class TenureRow:
    """Stayers or leavers of one year of tenure: a row of ``tenure_health``."""

    tenure_year: int  # 0 is the first year
    element: str  # key of a feature, or "churn"
    outcome: Literal["stayed", "left"]
    n: int  # customers
    mean: float | None  # of element "churn": the share that leaves within 365 days
    low: float | None
    high: float | None
    reason: str | None
