"""Webhooks for programs."""

from ninja import Router, Status

from banso.web.webhooks import operations, queries
from banso.web.webhooks.schemas import (
    DeliveriesOut,
    DeliveryOut,
    EndpointIn,
    EndpointOut,
    EndpointsOut,
    ReplayedOut,
    ReplayIn,
    SecretOut,
    SwitchIn,
)
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Webhooks"])


@router.get("webhooks", response=EndpointsOut, operation_id="listWebhooks")
@allowed("administer_users")
def endpoints(request: StaffRequest) -> object:
    """List the endpoints that are told of events."""
    del request
    return {"items": [queries.told(each) for each in queries.endpoints()]}


@router.post("webhooks", response=SecretOut, operation_id="addWebhook")
@allowed("administer_users")
def add(request: StaffRequest, body: EndpointIn) -> object:
    """Name an address that is told from now on; its secret is in this answer alone."""
    endpoint = operations.add_endpoint(
        body.url, set(body.kinds), by=request.user, at=request.now
    )
    return queries.told(endpoint) | {"secret": endpoint.secret}


@router.delete(
    "webhooks/{endpoint_id}", response={204: None}, operation_id="deleteWebhook"
)
@allowed("administer_users")
def delete(request: StaffRequest, endpoint_id: int) -> object:
    """Forget an endpoint and all that was sent to it."""
    endpoint = queries.get_endpoint(endpoint_id)
    operations.delete_endpoint(endpoint, by=request.user, at=request.now)
    return Status(204, None)


@router.post(
    "webhooks/{endpoint_id}/secret",
    response=SecretOut,
    operation_id="renewWebhookSecret",
)
@allowed("administer_users")
def secret(request: StaffRequest, endpoint_id: int) -> object:
    """Sign with a new secret; the old one signs besides for a day."""
    endpoint = queries.get_endpoint(endpoint_id)
    operations.rotate_secret(endpoint, by=request.user, at=request.now)
    return queries.told(endpoint) | {"secret": endpoint.secret}


@router.post(
    "webhooks/{endpoint_id}/state",
    response=EndpointOut,
    operation_id="switchWebhook",
)
@allowed("administer_users")
def switch(request: StaffRequest, endpoint_id: int, body: SwitchIn) -> object:
    """Begin or stop sending."""
    endpoint = queries.get_endpoint(endpoint_id)
    operations.switch(endpoint, is_on=body.is_on, by=request.user, at=request.now)
    return queries.told(endpoint)


@router.post(
    "webhooks/{endpoint_id}/test", response=DeliveryOut, operation_id="testWebhook"
)
@allowed("administer_users")
def test(request: StaffRequest, endpoint_id: int) -> object:
    """Let an event be sent that tells of nothing."""
    endpoint = queries.get_endpoint(endpoint_id)
    sent = operations.send_test(endpoint, by=request.user, at=request.now)
    return queries.delivered(sent)


@router.get(
    "webhooks/{endpoint_id}/deliveries",
    response=DeliveriesOut,
    operation_id="listWebhookDeliveries",
)
@allowed("administer_users")
def deliveries(request: StaffRequest, endpoint_id: int) -> object:
    """List the last events of an endpoint, and how far each is."""
    del request
    endpoint = queries.get_endpoint(endpoint_id)
    return {
        "items": [
            queries.delivered(each) for each in queries.newest_deliveries(endpoint)
        ]
    }


@router.post(
    "webhooks/{endpoint_id}/deliveries/{delivery_id}/replay",
    response=DeliveryOut,
    operation_id="replayWebhookDelivery",
)
@allowed("administer_users")
def replay(request: StaffRequest, endpoint_id: int, delivery_id: int) -> object:
    """Send one event again, with the same id and body."""
    delivery = queries.get_delivery(endpoint_id, delivery_id)
    operations.replay(delivery, by=request.user, at=request.now)
    return queries.delivered(queries.get_delivery(endpoint_id, delivery_id))


@router.post(
    "webhooks/{endpoint_id}/replays",
    response=ReplayedOut,
    operation_id="replayFailedWebhookDeliveries",
)
@allowed("administer_users")
def replay_failed(request: StaffRequest, endpoint_id: int, body: ReplayIn) -> object:
    """Send again what an endpoint did not hear, all of it or since a time."""
    endpoint = queries.get_endpoint(endpoint_id)
    count = operations.replay_failed(
        endpoint, since=body.since, by=request.user, at=request.now
    )
    return {"count": count}
