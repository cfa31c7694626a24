"""Consents as programs record and read them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from banso.kernel.consent import Purpose


class DecisionIn(Schema):
    """What a person allows or refuses."""

    purpose: Purpose
    granted: Annotated[bool, Field(description="False: refused or withdrawn.")]
    decided_at: Annotated[
        AwareDatetime | None,
        Field(description="When the person said so, with its zone; default: now."),
    ] = None
    basis: Literal[
        "", "consent", "contract", "legitimate_interest", "legal_obligation"
    ] = ""
    source: Annotated[
        str, Field(max_length=200, description="Where or how it was said.")
    ] = ""
    reason: Annotated[str, Field(max_length=1000)] = ""


class PurposeOut(Schema):
    """One purpose, as it stands for a person now."""

    purpose: Purpose
    granted: bool
    decided_at: Annotated[
        dt.datetime | None,
        Field(description="Of the decision that counts; null: the default holds."),
    ]


class ConsentsOut(Schema):
    """What a person allows now."""

    customer_id: str
    contact_id: str
    items: list[PurposeOut]
