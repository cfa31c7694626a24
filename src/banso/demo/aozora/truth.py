"""What was planted and what came of it, written beside the data."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from banso.demo.aozora.contracts import Growth
from banso.demo.aozora.lives import (
    PLAYS,
    REASONS,
    SEAT_REVIEW,
    Calibration,
    Lives,
    driver_ratio,
)
from banso.demo.aozora.paths import Paths
from banso.demo.aozora.planted import Planted, Setting
from banso.demo.aozora.population import (
    IDEAL_INDUSTRIES,
    IDEAL_PURPOSES,
    SIZES,
    WEEKS_BEFORE,
    Block,
)
from banso.demo.aozora.usage import Usage
from banso.demo.aozora.writing import dates

Plain = Mapping[str, object]
_NO_EFFECT = {
    "correlated_with_the_driver": [
        "logins and days active", "distinct contacts active", "approvals", "exports",
        "searches", "ces", "hours_saved", "community participation",
        "interactions outside the plays",
    ],
    "pure_noise": [
        "tickets (question, bug, feature, improvement, other)", "nps", "csat",
        "business_card_scanned", "api_call share", "requests (not discount)",
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """The planted parameters, what was realised, and where it is written."""

    path: Path
    planted: Planted
    calibration: Calibration
    realised: Plain
    rows: Mapping[str, int]


@dataclass
class Tally:
    """Sums over the blocks, from which the realised figures are made."""

    counts: Counter[str] = field(default_factory=Counter)
    sums: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    assignments: list[pa.Table] = field(default_factory=list)

    def share(self, part: str, whole: str) -> dict[str, float | int | None]:
        """Return one count over another, with both."""
        n, k = self.counts[whole], self.counts[part]
        return {"n": n, "events": k, "share": round(k / n, 4) if n else None}


def add_block(
    setting: Setting,
    tally: Tally,
    *,
    block: Block,
    paths: Paths,
    lives: Lives,
    made: tuple[Usage, Growth],
) -> None:
    """Add what happened in a block."""
    _add_onboarding(setting, tally, block=block, paths=paths, lives=lives)
    _add_driver(setting, tally, block=block, paths=paths, lives=lives)
    _add_usage(tally, block=block, paths=paths, lives=lives, usage=made[0])
    _add_plays(setting, tally, block=block, lives=lives)
    _add_reviews(setting, tally, lives=lives, growth=made[1])
    _add_growth(setting, tally, block=block, lives=lives, growth=made[1])
    for reason in lives.reason[lives.reason >= 0]:
        tally.counts[f"churned {('voluntary', 'replaced', 'involuntary')[reason]}"] += 1


def _add_onboarding(
    setting: Setting, tally: Tally, *, block: Block, paths: Paths, lives: Lives
) -> None:
    for year in (1, 2):
        known = (block.start >= 0) & (block.start + 366 * year < setting.days)
        known &= lives.ended - block.start > 366 * (year - 1)
        left = lives.ended - block.start <= 366 * year
        for failed in (False, True):
            name = f"year {year} {'failure' if failed else 'success'}"
            among = known & (paths.failed == failed)
            tally.counts[name] += int(among.sum())
            tally.counts[f"{name} churned"] += int((among & left).sum())


def _add_driver(
    setting: Setting, tally: Tally, *, block: Block, paths: Paths, lives: Lives
) -> None:
    """Count weeks at risk and notices, by tenth of the driver."""
    week = np.arange(paths.driver.shape[1])[None, :]
    at_risk = lives.active(block, (week[0] - WEEKS_BEFORE) * 7)
    at_risk &= (paths.tenure >= setting.planted.driver_weeks) & (week >= WEEKS_BEFORE)
    tenth = np.clip((paths.driver * 10).astype(np.int64), 0, 10)
    notice = (
        at_risk & (week == lives.notice_week[:, None]) & (lives.reason < 2)[:, None]
    )
    other = lives.hazard / driver_ratio(setting.planted, paths.driver)
    for t in range(11):
        cell = at_risk & (tenth == t)
        tally.counts[f"driver {t}"] += int(cell.sum())
        tally.counts[f"driver {t} notices"] += int((notice & cell).sum())
        tally.sums[f"driver {t} other"] += float(other[cell].sum())


def _add_usage(
    tally: Tally, *, block: Block, paths: Paths, lives: Lives, usage: Usage
) -> None:
    month_tenure = usage.month_days[:-1][None, :] - block.start[:, None]
    use = (month_tenure > 90) & (month_tenure < 730) & ~block.silent[:, None]
    use &= lives.active(block, usage.month_days[:-1] + 14)
    size = block.seats[:, None]
    for failed in (False, True):
        cell = use & (paths.failed == failed)[:, None]
        name = "failure" if failed else "success"
        tally.sums[f"usage {name}"] += float((usage.events / size)[cell].sum())
        tally.counts[f"usage {name}"] += int(cell.sum())


def _add_plays(setting: Setting, tally: Tally, *, block: Block, lives: Lives) -> None:
    lots = lives.assignments
    first = (lots.week - WEEKS_BEFORE) * 7
    whole = lots.week + setting.planted.play_weeks <= lives.hazard.shape[1]
    notice = lives.notice_week[lots.customer]
    left = (notice >= lots.week) & (notice < lots.week + setting.planted.play_weeks)
    for number, play in enumerate(PLAYS):
        for arm, treated in (("treated", True), ("control", False)):
            among = whole & (lots.play == number) & (lots.treated == treated)
            tally.counts[f"{play} {arm}"] += int(among.sum())
            tally.counts[f"{play} {arm} churned"] += int((among & left).sum())
    tally.assignments.append(
        pa.table(
            {
                "customer_id": pa.array(
                    [block.ids[i] for i in lots.customer], pa.string()
                ),
                "play": pa.array([PLAYS[p] for p in lots.play], pa.string()),
                "assigned_on": dates(setting, first.astype(np.int32)),
                "arm": pa.array(
                    ["treated" if t else "control" for t in lots.treated], pa.string()
                ),
            }
        )
    )


def _add_reviews(
    setting: Setting, tally: Tally, *, lives: Lives, growth: Growth
) -> None:
    """Count who bought more in the weeks after the draw of the review of seats."""
    lots = lives.assignments.kept(lives.assignments.play == SEAT_REVIEW)
    weeks = setting.planted.seat_review_weeks
    first = (lots.week - WEEKS_BEFORE) * 7
    more = np.array([kind != "seats_down" for kind in growth.kind], dtype=bool)
    bought = np.array(
        [
            (
                more
                & (growth.customer == customer)
                & (growth.day > day)
                & (growth.day <= day + 7 * weeks)
            ).any()
            for customer, day in zip(lots.customer, first, strict=True)
        ],
        dtype=bool,
    )
    whole = lots.week + weeks <= lives.hazard.shape[1]
    for arm, treated in (("treated", True), ("control", False)):
        among = whole & (lots.treated == treated)
        tally.counts[f"seat_review {arm} seen"] += int(among.sum())
        tally.counts[f"seat_review {arm} bought"] += int((among & bought).sum())


def _add_growth(
    setting: Setting, tally: Tally, *, block: Block, lives: Lives, growth: Growth
) -> None:
    days = np.arange(3, setting.days, 7)
    active = lives.active(block, days)
    fan = active & (days[None, :] >= lives.fan_from[:, None])
    kind = np.where(block.ideal, "ideal", np.where(block.misfit, "misfit", "usual"))
    grown = np.array([k != "seats_down" for k in growth.kind], dtype=bool)
    by_fan = growth.day >= lives.fan_from[growth.customer]
    for name in ("ideal", "misfit", "usual"):
        tally.counts[f"weeks {name}"] += int(active[kind == name].sum())
        tally.counts[f"expansions {name}"] += int(
            (kind[growth.customer[grown]] == name).sum()
        )
        tally.counts[f"notices {name}"] += int(
            ((lives.reason >= 0) & (kind == name)).sum()
        )
    tally.counts["weeks fan"] += int(fan.sum())
    tally.counts["weeks other"] += int((active & ~fan).sum())
    tally.counts["expansions fan"] += int((grown & by_fan).sum())
    tally.counts["expansions other"] += int((grown & ~by_fan).sum())


def realised_figures(tally: Tally) -> Plain:
    """Return what came of the planted parameters in this draw."""
    counts = tally.counts
    mean = {
        name: tally.sums[f"usage {name}"] / max(1, counts[f"usage {name}"])
        for name in ("success", "failure")
    }
    ratio = mean["failure"] / mean["success"] if mean["success"] else None
    return {
        "onboarding": {
            f"year_{year}_churn_after_{name}": tally.share(
                f"year {year} {name} churned", f"year {year} {name}"
            )
            for year in (1, 2)
            for name in ("success", "failure")
        },
        "usage_ratio_after_failure": None if ratio is None else round(ratio, 3),
        "driver_hazard_ratio_per_tenth_missing": _fitted_ratio(tally),
        "notices_per_year_by_tenth_of_the_driver": {
            f"{t / 10:.1f}": {
                "customer_weeks": counts[f"driver {t}"],
                "per_year": _rate(counts[f"driver {t} notices"], counts[f"driver {t}"]),
            }
            for t in range(11)
        },
        "plays": {
            play: {
                arm: tally.share(f"{play} {arm} churned", f"{play} {arm}")
                for arm in ("treated", "control")
            }
            for play in PLAYS
        },
        "bought_more_after_seat_review": {
            arm: tally.share(f"seat_review {arm} bought", f"seat_review {arm} seen")
            for arm in ("treated", "control")
        },
        "groups": _groups(counts),
        "churn_reasons": {reason: counts[f"churned {reason}"] for reason in REASONS},
    }


def _groups(counts: Counter[str]) -> Plain:
    """Return yearly rates of the ideal, the misfit, and the fans."""
    measures = {
        "ideal": "notices", "misfit": "notices", "usual": "notices",
        "fan": "referrals", "other": "referrals",
    }  # fmt: skip
    words = {"notices": "churn_per_year", "referrals": "referrals_per_year"}
    groups: dict[str, dict[str, float | None]] = {}
    for name, measure in measures.items():
        weeks = counts[f"weeks {name}"]
        groups[name] = {
            "customer_years": round(weeks / 52.18, 1),
            "expansions_per_year": _rate(counts[f"expansions {name}"], weeks),
            words[measure]: _rate(counts[f"{measure} {name}"], weeks),
        }
    return groups


def _rate(events: int, weeks: int) -> float | None:
    return round(events / weeks * 52.18, 4) if weeks else None


def _fitted_ratio(tally: Tally) -> float | None:
    """Fit the log rate of notices to the tenths, given the other influences."""
    tenth = np.arange(11)
    events = np.array([tally.counts[f"driver {t} notices"] for t in tenth], dtype=float)
    exposure = np.array([tally.sums[f"driver {t} other"] for t in tenth])
    use = exposure > 0
    if events.sum() < 20:
        return None
    x, y, e = 7.0 - tenth[use], events[use], exposure[use]
    a, b = np.log(y.sum() / e.sum()), 0.0
    for _ in range(50):  # Newton's steps of a Poisson regression
        mean = e * np.exp(a + b * x)
        gradient = np.array([(y - mean).sum(), ((y - mean) * x).sum()])
        information = np.array(
            [[mean.sum(), (mean * x).sum()], [(mean * x).sum(), (mean * x * x).sum()]]
        )
        step = np.linalg.solve(information, gradient)
        a, b = a + step[0], b + step[1]
    return round(float(np.exp(b)), 3)


def write_truth(
    setting: Setting,
    folder: Path,
    *,
    tally: Tally,
    calibration: Calibration,
    rows: Mapping[str, int],
) -> Truth:
    """Write ``truth.yaml`` and ``truth_assignments.parquet``."""
    realised = realised_figures(tally)
    content: Plain = {
        "schema_version": 1,
        "company": "Aozora Cloud",
        "seed": setting.seed,
        "customers": setting.customers,
        "first_day": setting.first_day.isoformat(),
        "last_day": setting.last_day.isoformat(),
        "volume": setting.volume,
        "planted": asdict(setting.planted),
        "driver": {
            "measure": "digitization_rate",
            "meaning": "documents digitised over those expected; 0.8 is success",
            "found_in": [
                "outcomes.digitization_rate",
                "events.document_digitized.value / customers.monthly_document_target",
            ],
        },
        "no_effect_on_churn_given_the_driver": _NO_EFFECT,
        "ideal_customer": {
            "industry": list(IDEAL_INDUSTRIES), "size": [SIZES[1], SIZES[2]],
            "purpose": list(IDEAL_PURPOSES),
        },
        "misfit": {"size": [SIZES[0]], "purpose": ["cost_reduction"]},
        "calibrated": {k: round(v, 6) for k, v in asdict(calibration).items()},
        "realised": realised,
        "rows": dict(rows),
    }  # fmt: skip
    path = folder / "truth.yaml"
    path.write_text("\n".join(_yaml(content)) + "\n", encoding="utf-8")
    pq.write_table(
        pa.concat_tables(tally.assignments), folder / "truth_assignments.parquet"
    )
    return Truth(path, setting.planted, calibration, realised, rows)


def _yaml(value: Plain, indent: int = 0) -> list[str]:
    """Write plain values as YAML: scalars as JSON, which YAML includes."""
    lines = []
    for key, part in value.items():
        start = " " * indent + _key(key) + ":"
        if isinstance(part, Mapping):
            lines += [start, *_yaml(part, indent + 2)]
        elif isinstance(part, list):
            lines += [start, *(f"{' ' * indent}- {_scalar(item)}" for item in part)]
        else:
            lines.append(f"{start} {_scalar(part)}")
    return lines


def _key(key: str) -> str:
    return json.dumps(key) if key[0].isdigit() else key


def _scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
