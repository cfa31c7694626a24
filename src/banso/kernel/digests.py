"""Content hashes: the same content has the same digest everywhere."""

import hashlib
import json


def digest_of_bytes(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_of_value(value: object) -> str:
    """Return the digest of a JSON-like value, independent of the order of its keys."""
    return digest_of_bytes(text_of_value(value).encode())


def text_of_value(value: object) -> str:
    """Return a JSON-like value as text: equal values have the same text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
