"""Tokens as programs read them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field


class TokenOut(Schema):
    """A token; its secret is kept nowhere."""

    token_id: int
    name: str
    user: Annotated[str, Field(description="E-mail of whom it acts as.")]
    scopes: list[str]
    state: Literal["valid", "expired", "revoked"]
    made_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None


class TokensOut(Schema):
    """Tokens, the newest first."""

    items: list[TokenOut]
