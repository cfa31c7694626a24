"""Week by week: how engaged each customer is, and what it digitises."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import WEEKS_BEFORE, Block, Flags, Floats
from banso.demo.aozora.seasons import day_weights

Grid = NDArray[np.float32]  # customers × weeks; column 0 is WEEKS_BEFORE weeks early

_WEEKS_A_YEAR = 52.18
_LEVEL_AFTER_SUCCESS, _LEVEL_AFTER_FAILURE = 1.50, 1.40  # logit of the share
_SPREAD_BETWEEN, _SPREAD_WITHIN = 0.75, 0.35
_ALIKE_NEXT_WEEK = 0.96
_SLIDES_A_WEEK, _SLIDE_STEP, _SLIDE_WEEKS = 0.0028, 0.10, (14, 30)
_RECOVERS, _RECOVERY_STEP = 0.35, 0.06


@dataclass(frozen=True)
class Paths:
    """What would be seen of each customer if it never left."""

    failed: Flags  # onboarding failed
    tenure: NDArray[np.int32]  # weeks since the start, per cell; negative before it
    documents: NDArray[np.int32]  # digitised in the week
    driver: Grid  # documents over target, the mean of the last weeks
    engagement: Grid  # multiplies the usual number of events


def draw_paths(setting: Setting, block: Block) -> Paths:
    """Draw the latent paths of a block."""
    rng = setting.random("paths", block.number)
    n, weeks = len(block), setting.weeks + WEEKS_BEFORE
    failed = rng.random(n) < setting.planted.onboarding_failure_share
    week = np.arange(weeks, dtype=np.int32) - WEEKS_BEFORE
    tenure = week[None, :] - (block.start // 7)[:, None].astype(np.int32)
    logit = _share_logits(setting, rng, failed=failed, tenure=tenure)
    documents = _documents(setting, rng, block=block, logit=logit, tenure=tenure)
    return Paths(
        failed=failed,
        tenure=tenure,
        documents=documents,
        driver=_driver(setting, block, documents=documents, tenure=tenure),
        engagement=_engagement(rng, failed=failed, logit=logit, tenure=tenure),
    )


def _share_logits(
    setting: Setting,
    rng: np.random.Generator,
    *,
    failed: Flags,
    tenure: NDArray[np.int32],
) -> Grid:
    """Draw the share that is digitised: own level, slow noise, erosion, slides."""
    n, weeks = tenure.shape
    level = np.where(failed, _LEVEL_AFTER_FAILURE, _LEVEL_AFTER_SUCCESS)
    level = level + rng.normal(0, _SPREAD_BETWEEN, n)
    years = np.clip(tenure, 0, 4 * 52) / _WEEKS_A_YEAR
    erosion = np.where(
        failed, setting.planted.share_erosion_per_year_after_failure, -0.08
    )
    logit = (level[:, None] - erosion[:, None] * years).astype(np.float32)
    noise = rng.normal(0, _SPREAD_WITHIN, n)
    fresh = _SPREAD_WITHIN * np.sqrt(1 - _ALIKE_NEXT_WEEK**2)
    sliding, fallen = np.zeros(n, dtype=np.int64), np.zeros(n)
    recovers = rng.random(n) < _RECOVERS
    for w in range(weeks):
        begins = (rng.random(n) < _SLIDES_A_WEEK) & (sliding == 0) & (fallen < 0.2)
        sliding[begins] = rng.integers(*_SLIDE_WEEKS, size=int(begins.sum()))
        fallen += np.where(sliding > 0, _SLIDE_STEP, 0.0)
        rest = (sliding == 0) & recovers
        fallen = np.where(rest, np.maximum(fallen - _RECOVERY_STEP, 0), fallen)
        sliding = np.maximum(sliding - 1, 0)
        noise = _ALIKE_NEXT_WEEK * noise + rng.normal(0, fresh, n)
        logit[:, w] += (noise - fallen).astype(np.float32)
    return logit


def _documents(
    setting: Setting,
    rng: np.random.Generator,
    *,
    block: Block,
    logit: Grid,
    tenure: NDArray[np.int32],
) -> NDArray[np.int32]:
    share = 1.05 / (1 + np.exp(-logit))
    ramp = np.clip((tenure + 1) / 6, 0, 1)
    # The target follows the calendar: a week of holidays asks for fewer documents.
    weekly = block.target[:, None] / 30.44 * 7
    mean = weekly * share * ramp * np.exp(rng.normal(0, 0.12, logit.shape))
    return rng.poisson(mean * _week_seasons(setting)[None, :]).astype(np.int32)


def _week_seasons(setting: Setting) -> Floats:
    early = setting.day(-7 * WEEKS_BEFORE)
    daily = day_weights(early, 7 * (setting.weeks + WEEKS_BEFORE))
    weekly = daily.reshape(-1, 7).mean(axis=1)
    seasons: Floats = 0.6 + 0.4 * weekly / weekly.mean()
    return seasons


def _driver(
    setting: Setting,
    block: Block,
    *,
    documents: NDArray[np.int32],
    tenure: NDArray[np.int32],
) -> Grid:
    window = setting.planted.driver_weeks
    share = documents / (block.target[:, None] / 30.44 * 7)
    total = np.cumsum(share, axis=1)
    total[:, window:] -= total[:, :-window].copy()
    seen = np.minimum(np.arange(1, documents.shape[1] + 1), window)[None, :]
    lived = np.clip(np.minimum(tenure + 1, seen), 1, window)
    driver: Grid = (total / lived).astype(np.float32)
    return driver


def _engagement(
    rng: np.random.Generator,
    *,
    failed: Flags,
    logit: Grid,
    tenure: NDArray[np.int32],
) -> Grid:
    """Engagement goes with the share, and grows with tenure."""
    n, weeks = logit.shape
    own = rng.normal(0, 0.45, n)
    noise = rng.normal(0, 0.3, n)
    usual = np.where(failed, _LEVEL_AFTER_FAILURE, _LEVEL_AFTER_SUCCESS)
    years = np.clip(tenure, 0, 4 * 52) / _WEEKS_A_YEAR
    result = np.empty_like(logit)
    for w in range(weeks):
        noise = 0.9 * noise + rng.normal(0, 0.3 * np.sqrt(1 - 0.81), n)
        gone = np.clip(logit[:, w] - usual, -3.0, 1.0)
        level = own + noise + 0.35 * gone + 0.10 * years[:, w]
        ramp = np.clip(0.35 + 0.65 * (tenure[:, w] + 1) / 8, 0, 1)
        result[:, w] = np.exp(level) * ramp
    return result
