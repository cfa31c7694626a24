"""The endpoint keeps what is right, names what is not, and never breaks."""

import asyncio
import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.collect.committing import GroupCommit
from banso.collect.endpoint import BODY_BYTES, Clocks, Endpoint
from banso.collect.log import LogReader, LogWriter, Position
from banso.collect.messages import read_kept
from banso.collect.sources import KeyRing, Source, Tally, digest_of_key

KEY = "write-key"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    said: dict[str, Any]


@dataclass
class Server:
    """An endpoint on a log, called as an ASGI server calls it."""

    folder: Path
    limit: int | None = None
    limit_bytes: int = 1 << 20
    seconds: float = 100.0
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        log = LogWriter(self.folder, now=lambda: 1)
        self.commits = GroupCommit(log, limit_bytes=self.limit_bytes)
        self.endpoint = Endpoint(
            keys=KeyRing({digest_of_key(KEY): Source("app", self.limit)}),
            commits=self.commits,
            tally=self.tally,
            clocks=Clocks(lambda: 5_000_000, lambda: self.seconds),
        )

    def post(
        self,
        body: object,
        path: str = "/v1/batch",
        *,
        key: str | None = KEY,
        method: str = "POST",
        parts: int = 1,
        **headers: str,
    ) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            pair = base64.b64encode(f"{key}:".encode()).decode()
            given = {"authorization": f"Basic {pair}", **given}
        return asyncio.run(self._call(content, path, method, parts, given))

    async def _call(self, content, path, method, parts, headers) -> Answer:
        size = max(len(content) // parts, 1)
        pieces = [content[at : at + size] for at in range(0, len(content), size)]
        waiting = [
            {"type": "http.request", "body": piece, "more_body": True}
            for piece in pieces
        ]
        waiting.append({"type": "http.request", "body": b"", "more_body": False})
        sent = []

        async def receive():
            return waiting.pop(0)

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(n.encode(), v.encode()) for n, v in headers.items()],
        }
        async with asyncio.timeout(10):
            await self.endpoint(scope, receive, send)
        start, body = sent
        return Answer(
            start["status"],
            {name.decode(): value.decode() for name, value in start["headers"]},
            json.loads(body["body"] or b"{}"),
        )

    def kept(self) -> list[dict[str, Any]]:
        records = LogReader(self.folder, Position())
        return [
            json.loads(bytes(raw))
            for record in records
            for raw in read_kept(record.payload).batch
        ]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.commits.close()


def track(**given: Any) -> dict[str, Any]:
    return {"type": "track", "userId": "u", "event": "e", "messageId": "m", **given}


def test_batch_is_kept_as_it_came(server):
    calls = [track(), track(properties={"名前": "青", "n": 1.50})]

    answer = server.post({"batch": calls, "sentAt": "2026-11-27T00:00:00Z"})

    assert (answer.status, answer.said) == (200, {"success": True})
    assert server.kept() == calls


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/track", {"userId": "u", "event": "e"}),
        ("/v1/t", {"userId": "u", "event": "e"}),
        ("/v1/identify", {"userId": 7}),
        ("/v1/group", {"groupId": "g"}),
        ("/v1/page", {"anonymousId": "b"}),
        ("/v1/screen", {"userId": "u", "name": "home"}),
        ("/v1/alias", {"userId": "u", "previousId": "b"}),
    ],
)
def test_single_calls_have_their_type_in_the_address(server, path, body):
    assert server.post(body, path).status == 200
    assert server.kept() == [body]


def test_refused_call_is_named_and_the_others_are_kept(server):
    answer = server.post({"batch": [track(), track(event="", messageId="x"), 3]})

    assert answer.status == 200
    assert answer.said["accepted"] == 1
    first, second = answer.said["refused"]
    assert first == {
        "index": 1,
        "messageId": "x",
        "code": "event_missing",
        "message": "A track call needs event.",
    }
    assert (second["index"], second["code"]) == (2, "malformed")
    assert len(server.kept()) == 1


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({"type": "trak"}, "type_unknown"),
        (track(userId=None), "id_missing"),
        (track(userId="x" * 300), "id_too_long"),
        (track(event="x" * 300), "name_too_long"),
        (track(event=5), "malformed"),
        (track(timestamp="yesterday"), "timestamp_invalid"),
        (track(timestamp="0001-01-01T00:00:00+14:00"), "timestamp_invalid"),
        (track(properties={"x": "y" * (32 << 10)}), "too_large"),
        ({"type": "group", "userId": "u"}, "id_missing"),
        ({"type": "alias", "userId": "u"}, "id_missing"),
    ],
)
def test_fault_of_a_call_has_a_code(server, call, code):
    answer = server.post({"batch": [call]})

    assert answer.status == 400
    assert [each["code"] for each in answer.said["refused"]] == [code]
    assert server.kept() == []


@pytest.mark.parametrize("key", ["", "other", "Write-Key"])
def test_unknown_key_is_refused(server, key):
    assert server.post({"batch": [track()]}, key=key).status == 401
    assert server.kept() == []


def test_key_may_stand_in_the_body_as_browsers_send_it(server):
    call = {"userId": "u", "event": "e"}

    assert server.post({**call, "writeKey": KEY}, "/v1/t", key=None).status == 200
    assert server.post({**call, "writeKey": "x"}, "/v1/t", key=None).status == 401
    assert server.post(call, "/v1/t", key=None).said["code"] == "key_missing"


def test_other_sites_may_ask_whether_they_may_send(server):
    answer = server.post(b"", method="OPTIONS", key=None)

    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"", {}, 400),
        (b"[]", {}, 400),
        (b'{"batch": {}}', {}, 400),
        (b"[" * 100_000, {}, 400),
        (b'{"batch": [' + b"[" * 200_000, {}, 400),
        (b"x" * (BODY_BYTES + 1), {}, 413),
        (
            gzip.compress(b" " * (BODY_BYTES + 1), mtime=0),
            {"content_encoding": "gzip"},
            413,
        ),
        (b"no gzip", {"content_encoding": "gzip"}, 400),
        (gzip.compress(b"{}", mtime=0)[:-4], {"content_encoding": "gzip"}, 400),
        (b"{}", {"content_encoding": "br"}, 415),
        (b"{}", {"content_length": "9" * 30}, 413),
    ],
)
def test_body_that_cannot_be_read_is_refused(server, body, headers, status):
    answer = server.post(body, **headers)

    assert answer.status == status
    assert answer.said["success"] is False
    assert server.kept() == []


def test_compressed_body_is_read(server):
    body = gzip.compress(json.dumps({"batch": [track()]}).encode())

    assert server.post(body, content_encoding="gzip", parts=3).status == 200
    assert len(server.kept()) == 1


def test_other_addresses_and_methods_are_refused(server):
    assert server.post({}, "/v1/nothing").status == 404
    assert server.post({}, method="GET").status == 405
    assert server.post(b"", "/healthz", method="GET", key=None).status == 200


def test_source_over_its_limit_is_told_when_to_come_again(tmp_path):
    server = Server(tmp_path, limit=10)
    batch = {"batch": [track()] * 25}

    first = server.post(batch)
    second = server.post(batch)
    server.seconds += 1.7
    third = server.post(batch)

    assert [each.status for each in (first, second, third)] == [200, 429, 200]
    assert second.said["code"] == "over_limit"
    assert second.headers["retry-after"] == "2"
    server.commits.close()


def test_full_queue_is_back_pressure(tmp_path):
    server = Server(tmp_path, limit_bytes=0)

    answer = server.post({"batch": [track()]})

    assert (answer.status, answer.said["code"]) == (429, "busy")
    assert answer.headers["retry-after"] == "1"
    server.commits.close()


def test_full_disk_is_told_and_nothing_counts(server, monkeypatch):
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("banso.collect.log._sync", full)
        answer = server.post({"batch": [track()]})
    again = server.post({"batch": [track()]})

    assert (answer.status, answer.said["code"]) == (503, "disk")
    assert answer.headers["retry-after"] == "5"
    assert again.status == 200
    assert server.tally.take()["app"].accepted == 1


def test_counts_are_told_once(server):
    server.post({"batch": [track(), track(event="")]})

    counted = server.tally.take()["app"]

    assert (counted.accepted, counted.refused, counted.last_at) == (1, 1, 5_000_000)
    assert [each.code for each in counted.refusals] == ["event_missing"]
    assert server.tally.take() == {}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["2026-01-01T00:00:00Z", "track", "\ud800", "\x00", KEY]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=8,
)
FIELDS = (
    *("type", "userId", "anonymousId", "event", "messageId", "timestamp", "groupId"),
    *("properties", "traits", "context", "previousId", "sentAt", "batch", "writeKey"),
)
CALLS = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6) | JSON
BODIES = (
    st.fixed_dictionaries({"batch": st.lists(CALLS, max_size=4)})
    | CALLS
    | st.binary(max_size=200)
)


@given(
    body=BODIES,
    path=st.sampled_from(["/v1/batch", "/v1/track", "/v1/group", "/v1/alias"]),
    parts=st.integers(1, 4),
)
def test_no_body_breaks_the_endpoint(tmp_path_factory, body, path, parts):
    server = Server(tmp_path_factory.mktemp("log"))

    answer = server.post(body, path, parts=parts)

    assert answer.status in (200, 400)
    assert server.post({"batch": [track()]}).status == 200
    server.commits.close()
