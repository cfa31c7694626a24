"""Reading endpoints and what was sent to them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from banso.web.webhooks.models import Delivery, Endpoint
from banso.webkit.features import Text
from banso.webkit.tasks import TaskRun

SHOWN: Final = 100
TEST: Final = "test"  # sent by hand only
EVENTS: Final[Mapping[str, Text]] = {
    "signal.opened": _("A signal opened at a customer"),
    "signal.closed": _("A signal closed at a customer"),
    "play.started": _("A play was started at a customer"),
    "play.finished": _("A play was carried out to its end"),
    "play.stopped": _("A play was stopped before its end"),
    "task.done": _("A task or a step of a play was done"),
    "customer.merged": _("A customer was merged into another one"),
    "customer.parted": _("A merge of customers was undone"),
    "trial.started": _("A trial was started"),
    "trial.stopped": _("A trial was stopped"),
    "release.published": _("A new release is shown"),
}  # a kind is never renamed: docs/how-to/receive-webhooks.md


def endpoints() -> Sequence[Endpoint]:
    """Return all endpoints, the oldest first."""
    return list(Endpoint.objects.all())


def get_endpoint(endpoint_id: int) -> Endpoint:
    """Return an endpoint, else 404."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise Http404
    return endpoint


def get_delivery(endpoint_id: int, delivery_id: int) -> Delivery:
    """Return a delivery of an endpoint, else 404."""
    found = Delivery.objects.filter(endpoint_id=endpoint_id, pk=delivery_id).first()
    if found is None:
        raise Http404
    return found


def newest_deliveries(endpoint: Endpoint) -> Sequence[Delivery]:
    """Return the last deliveries to an endpoint, the newest first."""
    return list(endpoint.deliveries.order_by("-pk")[:SHOWN])


def due(at: dt.datetime) -> Sequence[Delivery]:
    """Return what is to be sent now, what waits longest first.

    Each endpoint has its share: one that does not hear keeps no other waiting.
    """
    waiting = Delivery.objects.filter(
        state=Delivery.State.WAITING, due_at__lte=at, endpoint__is_on=True
    )
    names = list(waiting.order_by().values_list("endpoint", flat=True).distinct())
    share = max(SHOWN // max(len(names), 1), 1)
    found = [
        delivery
        for name in names
        for delivery in waiting.filter(endpoint=name)
        .select_related("endpoint")
        .order_by("due_at", "pk")[:share]
    ]
    return sorted(found, key=lambda each: (each.due_at, each.pk))


def is_due(run: TaskRun) -> bool:
    """Return whether anything is to be sent."""
    return bool(due(run.at))


def told(endpoint: Endpoint) -> dict[str, object]:
    """Return what programs are told of an endpoint: all but its secret."""
    names = ("url", "kinds", "is_on", "gave_up_at", "made_at")
    return {"endpoint_id": endpoint.pk} | {n: getattr(endpoint, n) for n in names}


def delivered(delivery: Delivery) -> dict[str, object]:
    """Return what programs are told of an event and how far it is."""
    names = (
        *("event_id", "kind", "state", "attempts", "made_at", "due_at", "ended_at"),
        *("status", "answer"),
    )
    return {"delivery_id": delivery.pk} | {n: getattr(delivery, n) for n in names}
