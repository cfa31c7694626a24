"""What programs send: a field that nobody reads is refused, not passed over."""

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field


class Body(Schema):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")


Version = Annotated[
    int,
    Field(
        ge=1,
        le=2_000_000_000,
        description="As it was read: if somebody changed it meanwhile, this is"
        " refused.",
    ),
]
