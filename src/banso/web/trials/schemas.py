"""Trials as programs read them."""

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field


class TrialResultOut(Schema):
    """What a trial says of one measure."""

    trial_id: str
    name: str | None
    signal: str | None
    play: str | None
    started_on: dt.date | None
    stopped_on: dt.date | None
    kind: str
    measure: str
    segment_of: str | None
    segment: str | None
    n_treated: int | None
    n_held_out: int | None
    mean_treated: float | None
    mean_held_out: float | None
    effect: float | None
    low: float | None
    high: float | None
    confidence: float | None
    verdict: str | None
    reason: str | None
    said_ja: str | None
    said_en: str | None


class TrialsOut(Schema):
    """What all trials say, over all customers."""

    as_of: dt.date | None
    items: Annotated[
        list[TrialResultOut], Field(description="By trial, in the order of the page.")
    ]
