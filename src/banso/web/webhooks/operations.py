"""Naming endpoints, writing down events, and sending them until they are heard."""

import datetime as dt
import json
import random
import time
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.webhooks import queries
from banso.web.webhooks.models import Delivery, Endpoint
from banso.web.webhooks.sending import Answer, place_of, post
from banso.web.webhooks.signing import new_secret, signature
from banso.webkit.permissions import Staff
from banso.webkit.tasks import TaskRun

ATTEMPTS: Final = 12
FIRST_PAUSE: Final = 40  # seconds; doubled each time: 12 attempts take about a day
LEASE: Final = dt.timedelta(minutes=2)  # of a sender that may have been killed
OLD_SECRET_SIGNS: Final = dt.timedelta(days=1)
KEPT: Final = dt.timedelta(days=30)
VERSION: Final = 1
UNSIGNED: Final = "secret_unreadable"  # instead of an answer; as `NOT_SENT`
_AT_ONCE = 30.0  # seconds: other background work comes in between


class EventUnknown(BansoError):
    """Refuse an endpoint that wants no event there is."""

    code = "webhook_event_unknown"


@transaction.atomic
def add_endpoint(
    url: str, kinds: Collection[str], *, by: Staff | None, at: dt.datetime
) -> Endpoint:
    """Name an address that is told of events from now on.

    Raises
    ------
    AddressRefused, EventUnknown
        It cannot be told.

    """
    place_of(url, allowed=settings.BANSO_WEBHOOK_HOSTS)
    if not kinds or not set(kinds) <= set(queries.EVENTS):
        raise EventUnknown("There is no such event.")
    endpoint = Endpoint.objects.create(
        url=url, kinds=sorted(kinds), secret=new_secret(), made_at=at
    )
    audit.record("webhook_added", subject=endpoint, by=by, at=at)
    return endpoint


@transaction.atomic
def delete_endpoint(endpoint: Endpoint, *, by: Staff | None, at: dt.datetime) -> None:
    """Forget an endpoint and all that was sent to it."""
    audit.record("webhook_deleted", subject=endpoint, by=by, at=at)
    endpoint.delete()


@transaction.atomic
def switch(
    endpoint: Endpoint, *, is_on: bool, by: Staff | None, at: dt.datetime
) -> None:
    """Begin or stop sending; what waits meanwhile is kept."""
    endpoint.is_on, endpoint.gave_up_at = is_on, None
    endpoint.save(update_fields=["is_on", "gave_up_at"])
    done = "webhook_switched_on" if is_on else "webhook_switched_off"
    audit.record(done, subject=endpoint, by=by, at=at)


@transaction.atomic
def rotate_secret(endpoint: Endpoint, *, by: Staff | None, at: dt.datetime) -> None:
    """Sign with a new secret; the old one signs besides for a day."""
    endpoint.old_secret, endpoint.old_until = endpoint.secret, at + OLD_SECRET_SIGNS
    endpoint.secret = new_secret()
    endpoint.save(update_fields=["secret", "old_secret", "old_until"])
    audit.record("webhook_secret_rotated", subject=endpoint, by=by, at=at)


@transaction.atomic
def send_test(endpoint: Endpoint, *, by: Staff | None, at: dt.datetime) -> Delivery:
    """Let an event be sent that tells of nothing."""
    sent = Delivery.objects.create(**_delivery(endpoint, queries.TEST, {}, at))
    audit.record("webhook_tested", subject=endpoint, by=by, at=at)
    return sent


@transaction.atomic
def replay(delivery: Delivery, *, by: Staff | None, at: dt.datetime) -> None:
    """Let an event be sent again, with the same id and body."""
    _again(Delivery.objects.filter(pk=delivery.pk), delivery.endpoint, by, at)


@transaction.atomic
def replay_failed(
    endpoint: Endpoint,
    *,
    by: Staff | None,
    at: dt.datetime,
    since: dt.datetime | None = None,
) -> int:
    """Let events that an endpoint did not hear be sent again; return how many.

    Parameters
    ----------
    endpoint, by, at
        Which, who asks, and the present.
    since
        Only those that happened since; None: all of them.

    """
    failed = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.FAILED)
    if since is not None:
        failed = failed.filter(made_at__gte=since)
    return _again(failed, endpoint, by, at)


def _again(
    deliveries: QuerySet[Delivery],
    endpoint: Endpoint,
    by: Staff | None,
    at: dt.datetime,
) -> int:
    count = deliveries.update(
        state=Delivery.State.WAITING, attempts=0, due_at=at, ended_at=None
    )
    details = {"count": count}
    audit.record("webhook_replayed", subject=endpoint, by=by, at=at, details=details)
    return count


def tell(kind: str, events: Iterable[Mapping[str, object]], *, at: dt.datetime) -> None:
    """Write down events for all who want them, within the caller's transaction.

    Parameters
    ----------
    kind
        Of `queries.EVENTS`.
    events
        The fields of each; ids, never names or addresses of persons.
    at
        When it happened.

    """
    wanting = [each for each in Endpoint.objects.all() if kind in each.kinds]
    if wanting:
        Delivery.objects.bulk_create(
            (
                Delivery(**_delivery(endpoint, kind, data, at))
                for data in events
                for endpoint in wanting
            ),
            batch_size=1_000,
        )


def _delivery(
    endpoint: Endpoint, kind: str, data: Mapping[str, object], at: dt.datetime
) -> dict[str, object]:
    body = {"type": kind, "version": VERSION, "timestamp": at.isoformat(), "data": data}
    return {
        "endpoint": endpoint, "event_id": f"msg_{uuid.uuid4().hex}", "kind": kind,
        "body": json.dumps(body, default=str), "due_at": at, "made_at": at,
    }  # fmt: skip


def send_due(run: TaskRun) -> None:
    """Send what is due; an endpoint that does not hear holds up no other."""
    begun, deaf = time.monotonic(), set()
    for delivery in queries.due(run.at):
        passed = time.monotonic() - begun
        if passed > _AT_ONCE:
            return
        if delivery.endpoint_id in deaf:
            continue
        now = run.at + dt.timedelta(seconds=passed)
        if claim(delivery, at=now) and not send(delivery, at=now).is_good:
            deaf.add(delivery.endpoint_id)


def claim(delivery: Delivery, *, at: dt.datetime) -> bool:
    """Take a delivery for two minutes; one of several workers does."""
    same = Delivery.objects.filter(
        pk=delivery.pk, state=Delivery.State.WAITING, due_at=delivery.due_at
    )
    return bool(same.update(due_at=at + LEASE))


def send(delivery: Delivery, *, at: dt.datetime) -> Answer:
    """Send a delivery once, and write down what came of it."""
    endpoint, body = delivery.endpoint, delivery.body.encode()
    timestamp = int(at.timestamp())
    if not endpoint.secret:
        return _note(delivery, Answer(None, UNSIGNED), at)
    keys = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_until and endpoint.old_until > at:
        keys.append(endpoint.old_secret)
    signed = [signature(key, delivery.event_id, timestamp, body) for key in keys]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Banso",
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }
    answer = post(endpoint.url, body, headers, allowed=settings.BANSO_WEBHOOK_HOSTS)
    return _note(delivery, answer, at)


@transaction.atomic
def _note(delivery: Delivery, answer: Answer, at: dt.datetime) -> Answer:
    delivery.attempts += 1
    delivery.status, delivery.answer = answer.status, answer.text
    if answer.is_good:
        delivery.state, delivery.ended_at = Delivery.State.SENT, at
    elif delivery.attempts >= ATTEMPTS:
        delivery.state, delivery.ended_at = Delivery.State.FAILED, at
        endpoint = delivery.endpoint
        Endpoint.objects.filter(pk=endpoint.pk).update(is_on=False, gave_up_at=at)
        audit.record("webhook_gave_up", subject=endpoint, by=None, at=at)
    else:
        pause = FIRST_PAUSE * 2 ** (delivery.attempts - 1)
        pause *= random.uniform(0.8, 1.2)  # noqa: S311 - spreads, hides nothing
        delivery.due_at = at + dt.timedelta(seconds=pause)
    # not save(): the endpoint may have been deleted meanwhile
    Delivery.objects.filter(pk=delivery.pk).update(
        attempts=delivery.attempts, status=delivery.status, answer=delivery.answer,
        state=delivery.state, ended_at=delivery.ended_at, due_at=delivery.due_at,
    )  # fmt: skip
    return answer


def forget_old(run: TaskRun) -> None:
    """Clear away what ended 30 days ago."""
    Delivery.objects.filter(ended_at__lt=run.at - KEPT).delete()
