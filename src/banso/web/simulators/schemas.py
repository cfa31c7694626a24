"""Scenarios of the simulators as programs keep them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.webkit.api.bodies import Body

SimulatorKind = Literal["fish", "growth", "pricing"]


class ScenariosQuery(Schema):
    """Of which simulator."""

    kind: SimulatorKind


class ScenarioOut(Schema):
    """The assumptions of a simulation under a name."""

    scenario_id: int
    kind: SimulatorKind
    name: str
    query: Annotated[
        str, Field(description="Of the address of the page, which shows it.")
    ]
    by: str
    at: dt.datetime


class ScenariosOut(Schema):
    """The scenarios of a simulator; everybody sees them all."""

    items: list[ScenarioOut]


class ScenarioIn(Body):
    """Assumptions to keep."""

    kind: SimulatorKind
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]
    query: Annotated[str, Field(max_length=2000)] = ""
