"""Webhooks: who is told, signed how, again when, and whom never."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from banso.web.audit.models import AuditEntry
from banso.web.tokens import operations as tokens
from banso.web.tokens.models import Repeatable
from banso.web.webhooks import operations, queries, sending
from banso.web.webhooks.models import Delivery, Endpoint
from banso.web.webhooks.signing import signature
from banso.webkit.tasks import TaskRun

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 23, 9, 5, tzinfo=dt.UTC)
OPENED = {"customer_id": "C1", "signal": "use_stopped", "opened_on": AT.date()}


class Receiver(HTTPServer):
    """A program that is told."""

    status = 200
    location = ""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/in?of=banso"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        named = {name.lower(): value for name, value in self.headers.items()}
        self.server.heard.append((named, body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()
        self.wfile.write(b"x" * 2_000)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.BANSO_WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def add(url: str, *kinds: str) -> Endpoint:
    kinds = kinds or ("signal.opened",)
    return operations.add_endpoint(url, kinds, by=None, at=AT)


def send(at: dt.datetime = AT) -> None:
    run = TaskRun(at, 1, {}, {}, lambda _done, _total, _what: None)
    operations.send_due(run)


def test_event_arrives_once_with_a_signature_that_can_be_checked(receiver):
    endpoint = add(receiver.url)
    operations.tell("signal.opened", [OPENED], at=AT)
    operations.tell("signal.closed", [OPENED], at=AT)  # not wanted

    send()
    send()

    ((headers, body),) = receiver.heard
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(endpoint.secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    assert json.loads(body) == {
        "type": "signal.opened", "version": 1, "timestamp": AT.isoformat(),
        "data": {**OPENED, "opened_on": "2026-11-23"},
    }  # fmt: skip
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status) == ("sent", 200)
    assert delivery.answer == "x" * 500


def test_signature_is_that_of_the_specification():
    body = b'{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_after_a_rotation_both_secrets_sign_for_a_day(receiver):
    endpoint = add(receiver.url)
    old = endpoint.secret
    operations.rotate_secret(endpoint, by=None, at=AT)
    for days in (0, 2):
        at = AT + dt.timedelta(days=days)
        operations.send_test(endpoint, by=None, at=at)
        send(at)

    signed = [headers["webhook-signature"].split() for headers, _ in receiver.heard]
    assert [len(each) for each in signed] == [2, 1]
    assert old != endpoint.secret


def test_secret_is_not_in_the_database_and_goes_with_the_key(receiver, settings):
    endpoint = add(receiver.url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM webhooks_endpoint")
        (stored,) = cursor.fetchone()
    assert endpoint.secret not in stored
    operations.tell("signal.opened", [OPENED], at=AT)

    settings.SECRET_KEY = "another one"
    send()

    assert not receiver.heard
    assert Delivery.objects.get().answer == operations.UNSIGNED


def test_killed_between_sending_and_marking_it_is_sent_again_with_its_id(
    receiver, monkeypatch
):
    add(receiver.url)
    operations.tell("signal.opened", [OPENED], at=AT)

    def killed(*_what: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(operations, "_note", killed)
        with pytest.raises(KeyboardInterrupt):
            send()
    send(AT + dt.timedelta(minutes=1))  # another may be at it
    send(AT + dt.timedelta(minutes=3))

    assert len(receiver.heard) == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1
    assert Delivery.objects.get().state == "sent"


def test_deaf_endpoint_is_tried_for_a_day_then_off_and_can_be_played_again(receiver):
    receiver.status = 503
    endpoint = add(receiver.url)
    operations.tell("signal.opened", [OPENED], at=AT)
    at = AT
    for _ in range(operations.ATTEMPTS):
        delivery = Delivery.objects.get()
        at = max(at, delivery.due_at)
        send(at)

    endpoint.refresh_from_db()
    assert dt.timedelta(hours=17) < at - AT < dt.timedelta(hours=30)
    assert Delivery.objects.get().state == "failed"
    assert not endpoint.is_on
    assert AuditEntry.objects.filter(action="webhook_gave_up").count() == 1

    receiver.status = 204
    operations.switch(endpoint, is_on=True, by=None, at=at)
    operations.replay_failed(endpoint, by=None, at=at)
    send(at)

    assert Delivery.objects.get().state == "sent"
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1


def test_deaf_endpoint_with_much_to_hear_keeps_no_other_waiting(receiver, settings):
    settings.BANSO_WEBHOOK_HOSTS |= {"localhost"}
    add("http://localhost:9/")  # nobody listens there
    operations.tell("signal.opened", [OPENED] * 150, at=AT)
    add(receiver.url)
    operations.tell("signal.opened", [OPENED], at=AT + dt.timedelta(seconds=1))

    send(AT + dt.timedelta(minutes=1))

    assert len(receiver.heard) == 1


def test_repeated_request_keeps_its_secret_sealed(program, receiver):
    body = {"url": receiver.url, "kinds": ["signal.opened"]}
    given = {"headers": {"idempotency-key": "k1"}, "content_type": "application/json"}
    first, again = (program.post("/api/v1/webhooks", body, **given) for _ in "12")

    assert first.status_code == 200
    assert first.json() == again.json()
    assert Endpoint.objects.count() == 1
    (kept,) = Repeatable.objects.all()
    assert first.json()["secret"].encode() not in bytes(kept.content)


def test_redirect_is_not_followed(receiver):
    receiver.status, receiver.location = 302, receiver.url
    add(receiver.url)
    operations.tell("signal.opened", [OPENED], at=AT)

    send()

    assert len(receiver.heard) == 1
    assert Delivery.objects.get().state == "waiting"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1",
        "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:7f00:1::", "::7f00:1",
        "fec0::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_address_that_is_not_public_is_refused(address, monkeypatch):
    found = [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *_a, **_k: found)

    answer = sending.post("https://named.example/", b"", {}, allowed=())

    assert not sending.is_public(address)
    assert answer.status is None
    assert answer.text == sending.NOT_SENT


def test_public_addresses_may_be_told():
    assert sending.is_public("8.8.8.8")
    assert sending.is_public("2606:4700::1111")


@pytest.mark.parametrize(
    "url",
    [
        "http://named.example/", "ftp://named.example/", "https://", "named.example",
        "https://me:secret@named.example/", "https://[::1", "https://x:99999/",
        "https://named.example/a\r\nX-More: 1", "https://" + "a" * 70 + ".example/",
        "https://10.0.0.5/", "https://[::1]/", "https://169.254.169.254/latest",
    ],
)  # fmt: skip
def test_address_that_cannot_be_told_is_refused_when_it_is_named(aoi, url):
    answer = aoi.post("/webhooks/", {"url": url, "kinds": ["signal.opened"]})

    assert answer.status_code == 422
    assert not Endpoint.objects.exists()


def test_name_of_this_machine_is_refused(db):
    answer = sending.post("https://localhost/", b"", {}, allowed=())

    assert answer == sending.Answer(None, sending.NOT_SENT)


def test_administrator_adds_tests_renews_and_deletes(aoi, receiver):
    answer = aoi.post("/webhooks/", {"url": receiver.url, "kinds": ["signal.opened"]})
    secret = re.search(r"whsec_[\w+/=]+", answer.content.decode())[0]
    endpoint = Endpoint.objects.get()
    assert endpoint.secret == secret
    address = f"/webhooks/{endpoint.pk}"

    aoi.post(f"{address}/change", {"do": "test"})
    delivery = Delivery.objects.get()
    send(delivery.due_at)
    aoi.post(f"{address}/{delivery.pk}/replay")
    send(Delivery.objects.get().due_at)
    page = aoi.get(address).content.decode()

    assert len(receiver.heard) == 2
    assert delivery.event_id in page
    assert secret not in page
    assert secret not in aoi.get("/webhooks/").content.decode()
    assert "whsec_" in aoi.post(f"{address}/secret").content.decode()
    for do in ("off", "on", "failed", "delete"):
        aoi.post(f"{address}/change", {"do": do})
    assert not Endpoint.objects.exists()
    assert "whsec_" not in str(list(AuditEntry.objects.values()))


@pytest.fixture
def program(cast) -> Client:
    """A program of Aoi's that may administer."""
    made = tokens.make_token(
        user=cast.aoi, name="T", scopes=("administration:write",), days=1, by=None,
        at=timezone.now(),
    )  # fmt: skip
    return Client(
        headers={"host": "localhost", "authorization": f"Bearer {made.secret}"}
    )


def ask(program: Client, path: str, **body: object) -> dict:
    answer = program.post(f"/api/v1/webhooks{path}", body, "application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_program_adds_tests_and_plays_again(program, receiver, aoi):
    made = ask(program, "", url=receiver.url, kinds=["signal.opened"])
    path = f"/{made['endpoint_id']}"
    renewed = ask(program, f"{path}/secret")
    sent = ask(program, f"{path}/test")
    send(dt.datetime.fromisoformat(sent["due_at"]))
    again = ask(program, f"{path}/deliveries/{sent['delivery_id']}/replay")
    listed = program.get("/api/v1/webhooks").json()["items"]
    told = program.get(f"/api/v1/webhooks{path}/deliveries").json()["items"]

    assert made["secret"] != renewed["secret"]
    assert [(each["url"], "secret" in each) for each in listed] == [
        (receiver.url, False)
    ]
    assert [each["event_id"] for each in told] == [sent["event_id"]]
    assert (again["state"], again["attempts"]) == ("waiting", 0)
    assert not ask(program, f"{path}/state", is_on=False)["is_on"]
    assert program.delete(f"/api/v1/webhooks{path}").status_code == 204
    assert not Endpoint.objects.exists()


def test_only_what_failed_since_is_played_again(program, receiver):
    endpoint = add(receiver.url)
    for days in (0, 2):
        operations.tell("signal.opened", [OPENED], at=AT + dt.timedelta(days=days))
    Delivery.objects.update(state="failed", ended_at=AT)
    path, since = f"/{endpoint.pk}/replays", AT + dt.timedelta(days=1)

    assert ask(program, path, since=since.isoformat()) == {"count": 1}
    assert ask(program, path) == {"count": 1}
    assert ask(program, path) == {"count": 0}


def test_program_is_refused_a_private_address(program):
    body = {"url": "https://192.168.0.1/", "kinds": ["signal.opened"]}
    answer = program.post("/api/v1/webhooks", body, "application/json")

    assert answer.status_code == 422
    assert answer.json()["code"] == "webhook_address_refused"


def test_others_may_not(chika, receiver):
    endpoint = add(receiver.url)

    assert chika.get("/webhooks/").status_code == 403
    assert chika.post(f"/webhooks/{endpoint.pk}/secret").status_code == 403


def test_old_deliveries_are_cleared_away(receiver):
    add(receiver.url)
    operations.tell("signal.opened", [OPENED], at=AT)
    send()
    at = AT + dt.timedelta(days=31)

    operations.forget_old(TaskRun(at, 1, {}, {}, lambda *_: None))

    assert not Delivery.objects.exists()
    assert not queries.due(at)
