"""Who leaves, when and why: the planted hazard, and what happens on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.demo.aozora.paths import Grid, Paths
from banso.demo.aozora.planted import Planted, Setting
from banso.demo.aozora.population import WEEKS_BEFORE, Block, Flags, Floats, Ints
from banso.demo.aozora.writing import NO_DAY, Days

FIRST_YEAR_WEEKS = 49  # a notice given in these ends the contract within the first year
REASONS = ("voluntary", "replaced", "involuntary")
PLAYS = (
    "digitization_coaching",
    "monthly_newsletter",
    "seat_review",
    "courtesy_call",
)
SEAT_REVIEW = PLAYS.index("seat_review")
_YEAR = 52.18


@dataclass(frozen=True)
class Assignments:
    """Who was offered a play by lot: one element per offer."""

    customer: Ints  # index into the block
    play: Ints  # index into PLAYS
    week: Ints  # column of the grids
    treated: Flags

    def kept(self, mask: Flags) -> "Assignments":
        """Return some of the offers."""
        return Assignments(
            self.customer[mask], self.play[mask], self.week[mask], self.treated[mask]
        )


@dataclass(frozen=True)
class Calibration:
    """The two numbers that make the first-year churn what was planted."""

    weekly_hazard: float  # of a customer at the reference, far from other influences
    failure_ratio: float  # of the hazard in the first year after a failed onboarding


@dataclass(frozen=True)
class Lives:
    """What happened to each customer; days are `NO_DAY` when it did not happen."""

    notice: Days
    ended: Days  # first day without a contract
    reason: Ints  # index into REASONS, -1 while the customer stays
    returned: Days
    paused: Days
    resumed: Days
    champion_left: Days
    fan_from: Days
    assignments: Assignments
    hazard: Grid  # relative, per week, as planted
    notice_week: Ints  # column of the grids, -1 for none

    def active(self, block: Block, days: NDArray[np.integer]) -> Flags:
        """Return whether each customer has a running contract, customers × days."""
        day = np.asarray(days)[None, :]
        inside = (day >= block.start[:, None]) & (day < self.ended[:, None])
        inside |= day >= self.returned[:, None]
        resting = (day >= self.paused[:, None]) & (day < self.resumed[:, None])
        return inside & ~resting


@dataclass(frozen=True)
class Incidents:
    """What bears on the hazard besides the driver."""

    champion_left: Days
    fan_from: Days
    assignments: Assignments
    later: Assignments  # of plays that bear on no hazard


def draw_incidents(setting: Setting, block: Block, paths: Paths) -> Incidents:
    """Draw departures of champions, fans, and the lots of the plays."""
    rng = setting.random("incidents", block.number)
    planted = setting.planted
    n, weeks = paths.driver.shape
    leaves = rng.random((n, weeks)) < planted.champion_leaves_per_year / _YEAR
    left = _first_day(leaves & (paths.tenure > 8), rng)
    # Those who do well are likelier to become fans: fandom goes with the driver.
    good = paths.driver[:, -1] > 0.75
    fan = rng.random(n) < np.where(good, 0.24, 0.09)
    after = rng.integers(20, 70, n) * 7
    fan_from = np.where(fan, block.start + after, NO_DAY).astype(np.int32)
    lots = _assign(setting, rng, paths=paths)
    return Incidents(left, fan_from, lots, _assign_later(setting, block, paths=paths))


def _first_day(happens: Flags, rng: np.random.Generator) -> Days:
    week = happens.argmax(axis=1)
    day = (week - WEEKS_BEFORE) * 7 + rng.integers(7, size=len(week))
    return np.where(happens.any(axis=1), day, NO_DAY).astype(np.int32)


def _assign(setting: Setting, rng: np.random.Generator, *, paths: Paths) -> Assignments:
    """Each quarter, offer each play by lot to those who fit and had none so far."""
    n, weeks = paths.driver.shape
    had = np.zeros((2, n), dtype=bool)
    found: list[tuple[Ints, Ints, Ints, Flags]] = []
    for week in range(WEEKS_BEFORE + 13, weeks - 4, 13):
        old = paths.tenure[:, week] >= 13
        low = paths.driver[:, week] < setting.planted.coaching_offered_below
        for play, fits in enumerate((old & low, old & (rng.random(n) < 0.12))):
            chosen = np.flatnonzero(fits & ~had[play] & (rng.random(n) < 0.8))
            had[play, chosen] = True
            treated = rng.random(len(chosen)) < 0.5
            full = np.full_like(chosen, play), np.full_like(chosen, week)
            found.append((chosen, *full, treated))
    return _joined(found)


def _assign_later(setting: Setting, block: Block, *, paths: Paths) -> Assignments:
    """Every four weeks, offer two more plays by lot to some who had none so far."""
    rng = setting.random("later plays", block.number)
    n, weeks = paths.driver.shape
    had = np.zeros((len(PLAYS), n), dtype=bool)
    found: list[tuple[Ints, Ints, Ints, Flags]] = []
    for week in range(WEEKS_BEFORE + 8, weeks - 4, 4):
        old = paths.tenure[:, week] >= 26
        for play in (SEAT_REVIEW, PLAYS.index("courtesy_call")):
            chosen = np.flatnonzero(old & ~had[play] & (rng.random(n) < 0.1))
            had[play, chosen] = True
            treated = rng.random(len(chosen)) < 0.5
            full = np.full_like(chosen, play), np.full_like(chosen, week)
            found.append((chosen, *full, treated))
    return _joined(found)


def _joined(found: Sequence[tuple[Ints, Ints, Ints, Flags]]) -> Assignments:
    empty = np.empty(0, dtype=np.int64)
    joined = [
        np.concatenate(part) if found else empty for part in zip(*found, strict=True)
    ] or [empty, empty, empty, empty.astype(bool)]
    return Assignments(joined[0], joined[1], joined[2], joined[3].astype(bool))


def relative_hazard(
    setting: Setting, block: Block, *, paths: Paths, incidents: Incidents
) -> Grid:
    """Return the planted relative hazard of giving notice, customers × weeks."""
    planted = setting.planted
    hazard = driver_ratio(planted, paths.driver)
    # Before a full window has passed, the driver says nothing yet.
    hazard[paths.tenure < planted.driver_weeks] = 0.35
    hazard *= np.where(block.ideal, planted.ideal_hazard_ratio, 1.0)[:, None]
    hazard *= np.where(block.misfit, planted.misfit_hazard_ratio, 1.0)[:, None]
    hazard *= _nearness_of_renewal(block, paths)
    week = np.arange(hazard.shape[1])[None, :]
    left = (incidents.champion_left // 7 + WEEKS_BEFORE)[:, None]
    lately = (week > left) & (week <= left + planted.champion_left_weeks)
    hazard *= np.where(lately, planted.champion_left_hazard_ratio, 1.0)
    lots = incidents.assignments
    for customer, play, start in zip(
        lots.customer[lots.treated],
        lots.play[lots.treated],
        lots.week[lots.treated],
        strict=True,
    ):
        ratio = (planted.coaching_hazard_ratio, planted.newsletter_hazard_ratio)[play]
        hazard[customer, start : start + planted.play_weeks] *= ratio
    return np.where(paths.tenure >= 0, hazard, 0).astype(np.float32)


def driver_ratio(planted: Planted, driver: Grid) -> Grid:
    """Return how the driver multiplies the hazard; 1 at the reference."""
    missing = (planted.driver_reference - driver) / 0.1
    log_ratio = np.log(planted.driver_hazard_ratio_per_tenth_missing)
    ratio: Grid = np.exp(log_ratio * missing).astype(np.float32)
    return ratio


def _nearness_of_renewal(block: Block, paths: Paths) -> Grid:
    """Notices come four to ten weeks before a renewal, and rarely at other times."""
    term_weeks = np.where(block.term == 12, 52, 26)[:, None]
    ahead = term_weeks - paths.tenure % term_weeks
    return np.where((ahead >= 4) & (ahead <= 10), 5.0, 0.35).astype(np.float32)


def calibrate(setting: Setting, *, paths: Paths, hazard: Grid) -> Calibration:
    """Find the level of the hazard at which first-year churn is as planted."""
    planted = setting.planted
    first_year = (paths.tenure >= 0) & (paths.tenure < FIRST_YEAR_WEEKS)
    whole = first_year.sum(axis=1) == FIRST_YEAR_WEEKS
    # A company too young for a whole first year is calibrated on what there is.
    use = whole if whole.sum() >= 20 else np.ones(len(whole), dtype=bool)
    total = np.where(first_year, hazard, 0).sum(axis=1)
    other = planted.involuntary_per_year / _YEAR * FIRST_YEAR_WEEKS
    level = _solve(
        total[use & ~paths.failed], other, planted.first_year_churn_after_success
    )
    failing = total[use & paths.failed]
    after = _solve(failing, other, planted.first_year_churn_after_failure)
    return Calibration(level, after / level if len(failing) else 1.0)


def _solve(total: Floats, other: float, wanted: float) -> float:
    """Return the level at which the mean probability of leaving is `wanted`."""
    low, high = 0.0, 1.0
    if len(total) == 0:
        return 0.0005
    for _ in range(60):
        middle = (low + high) / 2
        churn = float(np.mean(1 - np.exp(-middle * total - other)))
        low, high = (middle, high) if churn < wanted else (low, middle)
    return (low + high) / 2


def draw_lives(
    setting: Setting,
    block: Block,
    *,
    paths: Paths,
    incidents: Incidents,
    calibration: Calibration,
    hazard: Grid,
) -> Lives:
    """Let each customer live under its hazard."""
    rng = setting.random("lives", block.number)
    n = len(block)
    week, noticed = _leaving_week(
        setting, rng, paths=paths, calibration=calibration, hazard=hazard
    )
    notice_day = ((week - WEEKS_BEFORE) * 7 + rng.integers(7, size=n)).astype(np.int32)
    gone = (week >= 0) & (notice_day < setting.days) & (notice_day > block.start)
    forced = gone & ~noticed
    replaced = rng.random(n) < setting.planted.replaced_share
    reason = np.where(forced, 2, np.where(replaced, 1, 0))
    ended = np.full(n, NO_DAY, dtype=np.int32)
    for i in np.flatnonzero(gone):
        ended[i] = _end_day(
            setting,
            block,
            customer=int(i),
            notice=int(notice_day[i]),
            forced=bool(forced[i]),
        )
    paused, resumed = _pauses(setting, rng, block=block, ended=ended)
    returned = _returns(setting, rng, ended=ended, may=gone & ~forced)
    left = incidents.champion_left
    return Lives(
        notice=np.where(gone & ~forced, notice_day, NO_DAY).astype(np.int32),
        ended=ended,
        reason=np.where(gone, reason, -1),
        returned=returned,
        paused=paused,
        resumed=resumed,
        champion_left=np.where(left < setting.days, left, NO_DAY).astype(np.int32),
        fan_from=incidents.fan_from,
        assignments=_together(
            _while_active(incidents.assignments, block, ended=ended),
            _while_active(incidents.later, block, ended=ended),
        ),
        hazard=hazard,
        notice_week=np.where(gone, week, -1),
    )


def _leaving_week(
    setting: Setting,
    rng: np.random.Generator,
    *,
    paths: Paths,
    calibration: Calibration,
    hazard: Grid,
) -> tuple[Ints, Flags]:
    """Return the week in which each customer leaves, -1 for never, and if by notice."""
    n, weeks = hazard.shape
    in_first_year = paths.failed[:, None] & (paths.tenure < FIRST_YEAR_WEEKS)
    level = calibration.weekly_hazard * np.where(
        in_first_year, calibration.failure_ratio, 1.0
    )
    observed = (paths.tenure >= 0) & (np.arange(weeks) >= WEEKS_BEFORE)[None, :]
    chance = np.where(observed, 1 - np.exp(-level * hazard), 0)
    notice = rng.random((n, weeks)) < chance
    broke = rng.random((n, weeks)) < setting.planted.involuntary_per_year / _YEAR
    leaving = notice | (broke & observed)
    week = np.where(leaving.any(axis=1), leaving.argmax(axis=1), -1)
    return week, notice[np.arange(n), week]


def _returns(
    setting: Setting, rng: np.random.Generator, *, ended: Days, may: Flags
) -> Days:
    """Let some of those who gave notice come back after some months."""
    back = may & (rng.random(len(ended)) < setting.planted.reactivation_share)
    later = ended.astype(np.int64) + rng.integers(90, 400, len(ended))
    return np.where(back & (later < setting.days), later, NO_DAY).astype(np.int32)


def _end_day(
    setting: Setting, block: Block, *, customer: int, notice: int, forced: bool
) -> int:
    """Return the first day without a contract after a notice."""
    if forced:
        return notice + 7
    renewal = next_renewal(
        setting,
        start=int(block.start[customer]),
        term=int(block.term[customer]),
        day=notice,
    )
    if 20 <= renewal - notice <= 77:
        return renewal
    # At other times the contract ends with the month after the next.
    day = setting.day(notice)
    year, month = divmod(day.year * 12 + day.month - 1 + 2, 12)
    return setting.offset(day.replace(year=year, month=month + 1, day=1))


def next_renewal(setting: Setting, *, start: int, term: int, day: int) -> int:
    """Return the first renewal day after `day`."""
    first, now = setting.day(start), setting.day(day)
    months = (now.year - first.year) * 12 + now.month - first.month
    count = max(1, months // term)
    while True:
        year, month = divmod(first.year * 12 + first.month - 1 + count * term, 12)
        renewal = first.replace(year=year, month=month + 1, day=min(first.day, 28))
        if renewal > now:
            return setting.offset(renewal)
        count += 1


def _pauses(
    setting: Setting, rng: np.random.Generator, *, block: Block, ended: Days
) -> tuple[Days, Days]:
    """Let a few customers rest for some months, whole months at a time."""
    n = len(block)
    wish = block.start + rng.integers(240, 900, n)
    length = rng.integers(2, 5, n)
    rests = (rng.random(n) < setting.planted.pause_share) & (wish > 0)
    rests &= (wish + 150 < np.minimum(ended, setting.days)) & (block.start < wish)
    paused = np.full(n, NO_DAY, dtype=np.int32)
    resumed = np.full(n, NO_DAY, dtype=np.int32)
    for i in np.flatnonzero(rests):
        first = setting.day(int(wish[i])).replace(day=1)
        year, month = divmod(first.year * 12 + first.month - 1 + int(length[i]), 12)
        paused[i] = setting.offset(first)
        resumed[i] = setting.offset(first.replace(year=year, month=month + 1))
    return paused, resumed


def _while_active(lots: Assignments, block: Block, *, ended: Days) -> Assignments:
    """Keep the offers made while the customer had a contract."""
    day = (lots.week - WEEKS_BEFORE) * 7
    keep = (day >= block.start[lots.customer]) & (day < ended[lots.customer])
    return lots.kept(keep)


def _together(lots: Assignments, later: Assignments) -> Assignments:
    return Assignments(
        np.concatenate([lots.customer, later.customer]),
        np.concatenate([lots.play, later.play]),
        np.concatenate([lots.week, later.week]),
        np.concatenate([lots.treated, later.treated]),
    )
