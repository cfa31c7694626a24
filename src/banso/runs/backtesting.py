"""Walk-forward figures of the newest release, as they are printed and reported."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.runs.reading import ReleaseReader, reader_of
from banso.runs.results import lake_of

What = Literal["health", "forecast"]
Row = Mapping[str, object]


class NoRelease(BansoError):
    """Refuse to judge before anything was computed."""

    code = "no_release"


class NobodyLeft(BansoError):
    """Refuse to judge without contracts, which tell who left."""

    code = "no_contracts"


@dataclass(frozen=True)
class Lack:
    """Something of which there is too little for a forecast."""

    what: str  # customers | events | days
    have: int
    need: int


@dataclass(frozen=True)
class Backtest:
    """What a score or a forecast was worth on dates later than what it was made from.

    ``rows`` are those of the result table ``judged``: the subject and the naive rules,
    each on the dates on which it spoke.
    """

    what: What
    as_of: dt.date
    known_by: dt.date  # what happened later is not used
    rows: Sequence[Row]
    compared: Sequence[Row]  # of `forecast_compared`: both on the same rows
    drift: Sequence[Row]  # of `forecast_drift`
    schedule: Mapping[str, object]  # of the fits; empty for health
    lacks: Sequence[Lack]  # of a forecast that could not be fitted
    enough_on: dt.date | None  # when there will be enough, at the present pace
    reason: str | None


def backtest(project: Project, what: What) -> Backtest:
    """Return the figures of the newest release.

    Raises
    ------
    NoRelease
        Nothing was computed yet.
    NobodyLeft
        There are no contracts, so nobody is known to have left.

    """
    release = lake_of(project).current().release
    if release is None:
        raise NoRelease("Nothing was computed yet.", hint="Run `banso run` first.")
    reader = reader_of(project, release.release_id)
    note = release.notes.get("analyses")
    if not isinstance(note, dict) or "known_by" not in note:
        raise NobodyLeft(
            "Without contracts nobody is known to have left.",
            hint="Load `subscriptions`, then run again.",
        )
    kinds = {"forecast"} if what == "forecast" else {"score", "dimension", "element"}
    rows = [
        row
        for row in reader.findings("judged")
        if row["kind"] in kinds | {"rule"}
        and (what == "forecast" or row["outcome"] == "churn")
    ]
    is_forecast = what == "forecast"
    card = _newest_card(reader) if is_forecast else {}
    beside = reader.findings("forecast_compared") if is_forecast else []
    drift = reader.findings("forecast_drift") if is_forecast else []
    schedule = note.get("schedule") if is_forecast else None
    return Backtest(
        what=what,
        as_of=release.as_of,
        known_by=dt.date.fromisoformat(str(note["known_by"])),
        rows=sorted(rows, key=lambda row: int(str(row["place"]))),
        compared=sorted(beside, key=lambda row: int(str(row["place"]))),
        drift=sorted(drift, key=lambda row: int(str(row["place"]))),
        schedule=schedule if isinstance(schedule, dict) else {},
        lacks=[Lack(**lack) for lack in json.loads(str(card.get("needs", "[]")))],
        enough_on=_day(card.get("enough_on")),
        reason=None if card.get("reason") is None else str(card["reason"]),
    )


@dataclass(frozen=True)
class Trial:
    """How often recommendations would have been right, tried on a day long past.

    ``rows`` are those of the result table ``recommendations_judged``.
    """

    as_of: dt.date
    tried_on: dt.date  # what was known by then is all that the recommendations saw
    known_by: dt.date  # what happened later is not used
    rows: Sequence[Row]


class NotRecommended(BansoError):
    """Refuse to judge what the newest run did not work out."""

    code = "not_recommended"


def trial_of_recommendations(project: Project) -> Trial:
    """Return the hit rates of the newest release.

    Raises
    ------
    NoRelease
        Nothing was computed yet.
    NotRecommended
        There are no contracts, or an older Banso made the release.

    """
    release = lake_of(project).current().release
    if release is None:
        raise NoRelease("Nothing was computed yet.", hint="Run `banso run` first.")
    note = release.notes.get("analyses")
    told = note.get("recommendations") if isinstance(note, dict) else None
    if not isinstance(told, dict):
        raise NotRecommended(
            "The newest run has no recommendations.",
            hint="They need `subscriptions`; load them, then run again.",
        )
    rows = reader_of(project, release.release_id).findings("recommendations_judged")
    return Trial(
        as_of=release.as_of,
        tried_on=dt.date.fromisoformat(str(told["tried_on"])),
        known_by=dt.date.fromisoformat(str(told["learned_on"])),
        rows=sorted(rows, key=lambda row: int(str(row["place"]))),
    )


def _newest_card(reader: ReleaseReader) -> Row:
    cards = reader.findings("forecast_models", target="churn")
    return max(cards, key=lambda card: str(card["fitted_on"]), default={})


def _day(value: object) -> dt.date | None:
    return value if isinstance(value, dt.date) else None
