"""What other features may ask of work."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Final

from banso.web.work.models import Action
from banso.web.work.telling import (
    Deed,
    UnderWay,
    count_contacts,
    deeds_of,
    has_deeds,
    under_way,
)

__all__ = [
    "Deed",
    "UnderWay",
    "contacts_since",
    "count_contacts",
    "deeds_of",
    "has_deeds",
    "under_way",
]

_TO_ONE: Final = ("call", "meeting", "visit", "mail", "chat")  # not to many at once


def contacts_since(
    customer_ids: Collection[str], since: dt.datetime
) -> Iterator[tuple[str, dt.datetime]]:
    """Yield when steps of plays were a contact with one of some customers."""
    done = Action.objects.filter(
        customer_id__in=customer_ids, at__gte=since, channel__in=_TO_ONE
    )
    yield from done.values_list("customer_id", "at")
