"""The model card: what a forecast was fitted on, how well it held, its limits."""

from dataclasses import dataclass, field

from banso.analytics.figures.estimate import Estimate
from banso.analytics.forecast.forecasts import Target


@dataclass(frozen=True)
class FeatureNote:
    """What happened to a feature before the fit, or where a part of it was dropped.

    Reasons of a dropped feature: ``constant``, ``mostly_missing`` (over 95 %),
    ``duplicate`` (``detail`` is the key of its twin), ``too_many_levels``,
    ``says_little`` (others said more, and the endings do not carry all).
    Reasons of a used one: ``blank_code`` (``detail`` is the code that was read as
    blank), ``levels_pooled`` (``detail`` is how many rare levels became one).
    """

    key: str
    reason: str
    detail: str = ""


@dataclass(frozen=True)
class JudgedRule:
    """How one rule did on the validation part: later days, other customers.

    Rules: ``plain``, ``additive``, ``averaged`` (the mean of these two), ``boosted``,
    ``blended``, and the naive ones ``last_rate``, ``recency``, ``logistic``.
    """

    rule: str
    auc: Estimate  # at the horizon of `horizon`
    log_loss: Estimate
    horizon: int


@dataclass(frozen=True)
class ModelCard:
    """What a reader must know before trusting the forecast; all of it JSON-able.

    ``limits`` are codes: ``less_than_a_year`` (the base rate is not of a whole year,
    a season may look like a rate), ``season_unknown`` (less than two years followed:
    no calendar term), ``not_followed_180`` (nobody was followed that long: no figure
    for that horizon), ``not_validated`` (too few events later to choose or to
    recalibrate), ``few_events`` (fewer than 100 churned), ``rows_thinned``,
    ``no_end_seen`` (no agreed end of a contract was seen: a chance beyond one counts
    what comes before it),
    ``few_competing_ends`` (fewer than 20 ends that were no choice),
    ``no_better_than_last_rate``, ``…_recency``, ``…_logistic`` (on the validation part
    that naive rule had no larger log loss).
    """

    target: Target
    family: str  # plain | averaged | additive | blended | rate
    rows: int  # landmarks known at the fit
    rows_fitted: int  # rows of customer, date and interval that the fit used
    customers: int
    events: int  # distinct ends by choice (or moves), each counted once
    first_day: int  # days since 1970-01-01
    last_day: int
    seen_until: int
    used: tuple[str, ...]
    dropped: tuple[FeatureNote, ...] = ()
    changed: tuple[FeatureNote, ...] = ()
    judged: tuple[JudgedRule, ...] = ()
    boosted_share: float = 0.0  # of the log-odds that comes from boosted trees
    slope: float = 1.0  # recalibration of the log-odds
    limits: tuple[str, ...] = ()
    reason: str | None = None  # why there is no model
    details: dict[str, float] = field(default_factory=dict)
