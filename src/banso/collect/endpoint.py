"""The endpoint: one raw ASGI application for the calls of Segment's clients."""

import asyncio
import base64
import binascii
import math
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from banso.collect.committing import GroupCommit
from banso.collect.messages import (
    TYPES,
    Refusal,
    checked,
    decode_batch,
    decode_single,
    kept,
    moment,
)
from banso.collect.sources import (
    REFUSALS_KEPT,
    Counted,
    KeyRing,
    Limits,
    RefusedCall,
    Source,
    Tally,
)

BODY_BYTES: Final = 500 << 10
READ_SECONDS: Final = 30.0

Scope = Mapping[str, object]
Receive = Callable[[], Awaitable[MutableMapping[str, object]]]
Send = Callable[[MutableMapping[str, object]], Awaitable[None]]
Calls = list[memoryview | bytes]

# the short names are those of Segment's script for browsers
_SHORT: Final = {"t": "track", "i": "identify", "g": "group", "a": "alias"}
_ROUTES: Final[Mapping[str, str | None]] = {
    "/v1/batch": None,
    "/v1/b": None,
    "/v1/import": None,
    **{f"/v1/{kind}": kind for kind in TYPES},
    **{f"/v1/{short}": kind for short, kind in _SHORT.items()},
    "/v1/p": "page",
    "/v1/s": "screen",
}
_HEADERS: Final = (
    (b"content-type", b"application/json"),
    (b"access-control-allow-origin", b"*"),  # write keys are public in browsers
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
_PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-type"),
    (b"access-control-max-age", b"86400"),
)
_SUCCESS: Final = b'{"success":true}'


class Answered(Exception):
    """Give an answer other than success."""

    def __init__(
        self, status: int, code: str, words: str, *, retry_after: float | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.body = msgspec.json.encode(
            {"success": False, "code": code, "message": words}
        )
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        if retry_after is not None:
            seconds = str(max(1, math.ceil(retry_after))).encode()
            self.headers = ((b"retry-after", seconds),)


@dataclass(frozen=True)
class Clocks:
    """How the present is told: a moment for people, and one that only goes on."""

    microseconds: Callable[[], int]  # since 1970
    steady: Callable[[], float]  # seconds


@dataclass
class Request:
    """What a request brought, as far as it was read."""

    kind: str | None
    source: Source
    calls: Calls
    sent: str | None
    accepted: Calls = field(default_factory=list)
    refused: list[tuple[int, str, Refusal]] = field(default_factory=list)


@dataclass
class Endpoint:
    """An ASGI application that answers a call once it is durable."""

    keys: KeyRing
    commits: GroupCommit
    tally: Tally
    clocks: Clocks
    limits: Limits = field(default_factory=Limits)
    read_seconds: float = READ_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            status, body, extra = await self._answer(scope, receive)
        except Answered as answer:
            status, body, extra = answer.status, answer.body, answer.headers
        headers = [*_HEADERS, *extra, (b"content-length", str(len(body)).encode())]
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})

    async def _answer(
        self, scope: Scope, receive: Receive
    ) -> tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]:
        path, method = str(scope["path"]), scope["method"]
        if path == "/healthz":
            return self._health()
        if path not in _ROUTES:
            raise Answered(404, "not_found", "POST to /v1/batch or /v1/track.")
        if method == "OPTIONS":
            return 204, b"", _PREFLIGHT
        if method != "POST":
            raise Answered(405, "method_not_allowed", "Only POST is answered.")
        headers = _headers_of(scope)
        key = _key_in(headers)
        source = self._source(key) if key is not None else None
        body = _unpacked(await self._body(headers, receive), headers)
        request = self._read(body, _ROUTES[path], source)
        self._let_in(request)
        return await self._take(request)

    def _health(self) -> tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]:
        if not self.commits.is_alive:
            raise Answered(503, "stopped", "The writer of the log has ended.")
        return 200, _SUCCESS, ()

    def _source(self, key: str) -> Source:
        source = self.keys.find(key)
        if source is None:
            raise Answered(401, "key_unknown", "The write key is unknown or revoked.")
        return source

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
        given = headers.get(b"content-length", b"")
        if given.isdigit() and int(given[:20]) > BODY_BYTES:
            raise _too_large()
        try:
            async with asyncio.timeout(self.read_seconds):
                return await _read_body(receive)
        except TimeoutError:
            raise Answered(408, "too_slow", "The body did not come in time.") from None

    def _read(self, body: bytes, kind: str | None, source: Source | None) -> Request:
        try:
            if kind is None:
                batch = decode_batch(body)
                calls: Calls = [memoryview(raw) for raw in batch.batch]
                sent, key = batch.sent_at, batch.write_key
            else:
                single = decode_single(body)
                calls, sent, key = [body], single.sent_at, single.write_key
        except (msgspec.DecodeError, RecursionError, ValueError) as error:
            raise Answered(400, "malformed", str(error)[:200]) from None
        if source is None:
            if not isinstance(key, str):
                raise Answered(
                    401, "key_missing", "Send the write key as user of Basic auth."
                )
            source = self._source(key)
        said = sent if isinstance(sent, str) and moment(sent) else None
        return Request(kind, source, calls, said)

    def _let_in(self, request: Request) -> None:
        if self.commits.is_full:
            raise Answered(
                429, "busy", "Too much waits for the disk.", retry_after=1
            ) from None
        now = self.clocks.steady()
        wait = self.limits.seconds_to_wait(request.source, now=now)
        if wait:
            raise Answered(
                429,
                "over_limit",
                f"The source may send {request.source.limit} calls a second.",
                retry_after=wait,
            )
        self.limits.spend(request.source, len(request.calls), now=now)

    async def _take(
        self, request: Request
    ) -> tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]:
        at = self.clocks.microseconds()
        for index, call in enumerate(request.calls):
            found = checked(call, request.kind)
            if isinstance(found, Refusal):
                request.refused.append((index, _id_in(call), found))
            else:
                request.accepted.append(call)
        if request.accepted:
            await self._commit(request, at)
        self._count(request, at)
        if not request.refused:
            return 200, _SUCCESS, ()
        return (200 if request.accepted else 400), _said(request), ()

    async def _commit(self, request: Request, at: int) -> None:
        payload = kept(
            request.accepted,
            source=request.source.key,
            received=at,
            sent=request.sent,
            kind=request.kind,
        )
        try:
            await self.commits.commit(payload)
        except OSError as error:
            words = f"Nothing was kept: {error.strerror or error}."
            raise Answered(503, "disk", words, retry_after=5) from error

    def _count(self, request: Request, at: int) -> None:
        refused = [
            RefusedCall(at, request.kind or "", message_id, why.code, why.words)
            for _index, message_id, why in request.refused
        ]
        accepted = len(request.accepted)
        last_at = at if accepted else 0
        counted = Counted(accepted, len(refused), last_at, refused[-REFUSALS_KEPT:])
        self.tally.add(request.source.key, counted)


def _headers_of(scope: Scope) -> Mapping[bytes, bytes]:
    given = scope["headers"]
    assert isinstance(given, list | tuple)
    return {bytes(name).lower(): bytes(value) for name, value in given}


def _key_in(headers: Mapping[bytes, bytes]) -> str | None:
    """Return the write key of the header; None when there is no header."""
    given = headers.get(b"authorization")
    if given is None:
        return None
    scheme, _, coded = given.partition(b" ")
    try:
        if scheme.lower() != b"basic":
            return ""
        pair = base64.b64decode(coded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return pair.partition(":")[0]


async def _read_body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Answered(400, "cut_short", "The body ended too early.")
        part = message.get("body", b"")
        assert isinstance(part, bytes)
        size += len(part)
        if size > BODY_BYTES:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _unpacked(body: bytes, headers: Mapping[bytes, bytes]) -> bytes:
    """Return the body as it was before it was compressed, up to the same limit."""
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding in (b"", b"identity"):
        return body
    if encoding not in (b"gzip", b"x-gzip"):
        raise Answered(415, "encoding_unknown", "Only gzip is understood.")
    unpacking = zlib.decompressobj(wbits=31)
    try:
        content = unpacking.decompress(body, BODY_BYTES + 1)
    except zlib.error as error:
        raise Answered(400, "malformed", f"No gzip: {error}") from None
    if len(content) > BODY_BYTES:
        raise _too_large()
    if not unpacking.eof:
        raise Answered(400, "malformed", "The gzip ends too early.")
    return content


def _too_large() -> Answered:
    return Answered(413, "too_large", f"A body has at most {BODY_BYTES >> 10} KB.")


def _id_in(call: memoryview | bytes) -> str:
    """Return the messageId of a call that was refused, when it can be read."""
    try:
        found = msgspec.json.decode(call)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return ""
    given = found.get("messageId") if isinstance(found, dict) else None
    return given[:256] if isinstance(given, str) else ""


def _said(request: Request) -> bytes:
    return msgspec.json.encode(
        {
            "success": bool(request.accepted),
            "accepted": len(request.accepted),
            "refused": [
                {
                    "index": index,
                    "messageId": message_id or None,
                    "code": why.code,
                    "message": why.words,
                }
                for index, message_id, why in request.refused
            ],
        }
    )
