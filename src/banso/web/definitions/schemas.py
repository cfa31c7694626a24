"""Definitions as programs read them."""

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field


class DefinitionVersionOut(Schema):
    """A published version of the definitions."""

    digest: str
    at: dt.datetime
    by: str
    why: str
    is_in_force: bool


class DefinitionVersionsOut(Schema):
    """All published versions, the newest first."""

    items: list[DefinitionVersionOut]


class DefinitionFileOut(Schema):
    """One file of a version."""

    name: str
    text: Annotated[str, Field(description="YAML.")]


class DefinitionFilesOut(Schema):
    """The files of a version, as they were published."""

    digest: str
    items: list[DefinitionFileOut]


class MetricOut(Schema):
    """A metric of the definitions in force."""

    key: str
    label: str
    about: str
    how: Annotated[str, Field(description="How it is computed, in words.")]
    unit: str
    is_on: Annotated[bool, Field(description="False: a table or column is missing.")]


class MetricsOut(Schema):
    """The metrics of the definitions in force."""

    items: list[MetricOut]
