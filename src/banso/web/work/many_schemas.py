"""What programs say of several cards at once."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from ninja import Schema
from pydantic import Field

from banso.web.work.schemas import CardOut, Note, Version
from banso.webkit.api.bodies import Body

MOST_CARDS: Final = 100


class CardClaim(Body):
    """A card as it was read."""

    id: Annotated[int, Field(ge=1, le=(1 << 63) - 1)]
    version: Version


class CardsIn(Body):
    """Which cards."""

    cards: Annotated[list[CardClaim], Field(min_length=1, max_length=MOST_CARDS)]

    def claims(self) -> Mapping[int, int]:
        """Return the version of each card that was read, by its number."""
        return {card.id: card.version for card in self.cards}


class CardsDelegationIn(CardsIn):
    """To whom cards are delegated."""

    to: Annotated[str, Field(max_length=254, description="E-mail.")]
    note: Note = ""


class CardsSnoozeIn(CardsIn):
    """Until when cards are put aside."""

    until: dt.date
    why: Note = ""


class CardsDismissalIn(CardsIn):
    """Why nothing is to be done."""

    reason: Literal[
        "known", "elsewhere", "wrong_data", "not_relevant", "bad_time", "other"
    ]
    why: Note = ""


class CardsPlayIn(CardsIn):
    """Which play is started; the cards are of one customer."""

    play: Annotated[str, Field(max_length=200)]


class CardsActed(Schema):
    """How cards stand then."""

    items: list[CardOut]
