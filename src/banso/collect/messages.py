"""What clients send: how it is read, and what is refused of it."""

import datetime as dt
from collections.abc import Mapping
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

_NEEDS: Final[Mapping[str, str]] = {
    "group": "group_id",
    "alias": "previous_id",
}


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
    for name in ("message_id", "user_id", "anonymous_id", "group_id", "previous_id"):
        if len(text_of(getattr(message, name))) > ID_CHARACTERS:
            return Refusal("id_too_long", f"{name}: over {ID_CHARACTERS} characters.")
    if max(len(message.event or ""), len(message.name or "")) > ID_CHARACTERS:
        return Refusal("name_too_long", f"A name of over {ID_CHARACTERS} characters.")
    needed = _NEEDS.get(kind)
    if needed and not text_of(getattr(message, needed)):
        return Refusal("id_missing", f"A {kind} call needs {_camel(needed)}.")
    if kind == "alias" and not text_of(message.user_id):
        return Refusal("id_missing", "An alias call needs userId.")
    person = text_of(message.user_id) or text_of(message.anonymous_id)
    if not person and kind != "group":
        return Refusal("id_missing", "Neither userId nor anonymousId is given.")
    if kind == "track" and not (message.event or "").strip():
        return Refusal("event_missing", "A track call needs event.")
    given = message.original_timestamp or message.timestamp
    if given is not None and moment(given) is None:
        return Refusal("timestamp_invalid", f"No moment in ISO 8601: {given[:40]!r}.")
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


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
