"""What people did, as rows of the contract: it returns to the facts before each run."""

from collections.abc import Iterator, Mapping

from banso.tables.recorded import record_key
from banso.web.work.models import Action

_SOME = 2_000


def actions() -> Iterator[Mapping[str, object]]:
    """Yield every deed as a row of ``actions``."""
    for each in _all():
        yield {
            "action_id": record_key("action", each.pk),
            "customer_id": each.customer_id,
            "occurred_at": each.at,
            "kind": each.kind,
            "play": each.play or None,
            "signal": each.signal or None,
            "opened_on": each.opened_on,
            "step": each.step or None,
            "staff": each.by.email,
            "minutes": each.minutes,
            "result": each.result or None,
            "note": each.note or None,
        }


def interactions() -> Iterator[Mapping[str, object]]:
    """Yield every step that was a contact with its customer, as ``interactions``."""
    for each in _all():
        if each.channel:
            yield {
                "interaction_id": record_key("action", each.pk),
                "customer_id": each.customer_id,
                "occurred_at": each.at,
                "channel": each.channel,
                "initiative": "ours",
                "staff": each.by.email,
                "minutes": each.minutes,
                "note": each.note or None,
            }


def _all() -> Iterator[Action]:
    """Yield the deeds at customers in the order in which they were done."""
    found = Action.objects.exclude(customer_id="").select_related("by").order_by("pk")
    return found.iterator(chunk_size=_SOME)
