"""What webhooks were told, to compare with what was done."""

import datetime as dt
import json
from typing import Any

from banso.web.webhooks import operations, queries
from banso.web.webhooks.models import Delivery

AT = dt.datetime(2026, 11, 23, 9, 5, tzinfo=dt.UTC)


def listen() -> None:
    """Add an endpoint that wants every event; nothing is sent to it."""
    url = "https://hooks.example.com/in"
    operations.add_endpoint(url, list(queries.EVENTS), by=None, at=AT)


def told() -> list[tuple[str, dict[str, Any]]]:
    """Return the kind and the fields of each event, the first first."""
    return [
        (each.kind, json.loads(each.body)["data"])
        for each in Delivery.objects.order_by("pk")
    ]
