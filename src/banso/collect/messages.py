"""What clients send: how it is read, and what is refused of it."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import msgspec

TYPES: Final = ("track", "identify", "group", "page", "screen", "alias")
MESSAGE_BYTES: Final = 32 << 10
ID_CHARACTERS: Final = 256
_YEARS: Final = range(1970, 2200)

Id = str | int | None
Values = dict[str, object] | None


class Message(msgspec.Struct, rename="camel"):
    """One call of a client, as far as Banso reads it."""

    type: str | None = None
    message_id: Id = None
    user_id: Id = None
    anonymous_id: Id = None
    group_id: Id = None
    previous_id: Id = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    timestamp: str | None = None
    original_timestamp: str | None = None
    sent_at: object = None
    properties: Values = None
    traits: Values = None
    context: Values = None


class Batch(msgspec.Struct, rename="camel"):
    """Several calls in one request."""

    batch: list[msgspec.Raw]
    sent_at: object = None
    write_key: object = None


class Single(msgspec.Struct, rename="camel"):
    """What the body of a request with one call says about the request."""

    sent_at: object = None
    write_key: object = None


class Kept(msgspec.Struct):
    """One record of the log: the calls of one request that were accepted."""

    source: str
    received: int  # microseconds since 1970
    sent: str | None
    kind: str | None  # the type of all calls, when the address said it
    batch: list[msgspec.Raw]


@dataclass(frozen=True)
class Refusal:
    """Why one call was not accepted."""

    code: str
    words: str  # English, for the sender's log


_decode_message: Final = msgspec.json.Decoder(Message).decode
_decode_kept: Final = msgspec.json.Decoder(Kept).decode
decode_batch: Final = msgspec.json.Decoder(Batch).decode
decode_single: Final = msgspec.json.Decoder(Single).decode
_encode: Final = msgspec.json.encode


def checked(raw: memoryview | bytes, kind: str | None) -> Refusal | tuple[str, str]:
    """Return what is wrong with a call, or its type and messageId (may be empty)."""
    if len(raw) > MESSAGE_BYTES:
        return Refusal("too_large", f"Larger than {MESSAGE_BYTES >> 10} KB.")
    try:
        message = _decode_message(raw)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        return Refusal("malformed", str(error)[:200])
    named = kind or message.type
    if named not in TYPES:
        return Refusal("type_unknown", f"The type has to be one of {', '.join(TYPES)}.")
    return _fault(message, named) or (named, text_of(message.message_id))


def _fault(message: Message, kind: str) -> Refusal | None:
    """Return what is wrong with a call of a known type. Called for every event."""
    ids = (
        message.message_id,
        message.user_id,
        message.anonymous_id,
        message.group_id,
        message.previous_id,
    )
    for value in ids:
        if value is not None and len(str(value)) > ID_CHARACTERS:
            return Refusal("id_too_long", f"An id of over {ID_CHARACTERS} characters.")
    for name in (message.event, message.name):
        if name is not None and len(name) > ID_CHARACTERS:
            words = f"A name of over {ID_CHARACTERS} characters."
            return Refusal("name_too_long", words)
    given = message.original_timestamp or message.timestamp
    if given is not None and moment(given) is None:
        return Refusal("timestamp_invalid", f"No moment in ISO 8601: {given[:40]!r}.")
    return _lack(message, kind)


def _lack(message: Message, kind: str) -> Refusal | None:
    """Return what a call of a known type would have to say."""
    has_user = message.user_id is not None and text_of(message.user_id)
    match kind:
        case "track" if not (message.event and message.event.strip()):
            return Refusal("event_missing", "A track call needs event.")
        case "group" if not text_of(message.group_id):
            return Refusal("id_missing", "A group call needs groupId.")
        case "alias" if not (has_user and text_of(message.previous_id)):
            return Refusal("id_missing", "An alias call needs userId and previousId.")
    if not has_user and kind != "group" and not text_of(message.anonymous_id):
        return Refusal("id_missing", "Neither userId nor anonymousId is given.")
    return None


def kept(
    calls: list[memoryview | bytes],
    *,
    source: str,
    received: int,
    sent: str | None,
    kind: str | None,
) -> bytes:
    """Return the payload of a record."""
    return b"".join(
        (
            b'{"source":',
            _encode(source),
            b',"received":',
            str(received).encode(),
            b',"sent":',
            _encode(sent),
            b',"kind":',
            _encode(kind),
            b',"batch":[',
            b",".join(calls),
            b"]}",
        )
    )


def emptied(payload: bytes) -> bytes:
    """Return a record as one without calls; as it is when it cannot be read."""
    try:
        received = _decode_kept(payload).received
    except (msgspec.DecodeError, ValueError):
        return b""
    return kept([], source="", received=received, sent=None, kind=None)


def read_kept(payload: bytes) -> Kept:
    """Return what a record holds."""
    return _decode_kept(payload)


def read_message(raw: msgspec.Raw) -> Message:
    """Return a call that was accepted."""
    return _decode_message(raw)


def text_of(value: Id) -> str:
    """Return an id as text: clients send numbers, too."""
    if value is None or isinstance(value, bool):
        return ""
    return str(value).strip()


def moment(given: object) -> dt.datetime | None:
    """Return a moment in UTC, or None when it is none; without a zone it is UTC."""
    if not isinstance(given, str):
        return None
    try:
        read = dt.datetime.fromisoformat(given.strip())
    except ValueError:
        return None
    if read.year not in _YEARS:
        return None
    if read.tzinfo is None:
        return read.replace(tzinfo=dt.UTC)
    return read.astimezone(dt.UTC)
