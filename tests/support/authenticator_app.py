"""An authenticator app of our own: RFC 6238, as a phone computes its codes."""

import base64
import hashlib
import hmac
import struct
import time


def code_of(secret: str, *, steps: int = 0, at: float | None = None) -> str:
    """Return the six digits of now, or of some steps of 30 seconds from now."""
    counter = int((time.time() if at is None else at) // 30) + steps
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def wrong_code(secret: str) -> str:
    """Return six digits that are none of the codes near now."""
    near = {code_of(secret, steps=steps) for steps in range(-3, 4)}
    return next(code for n in range(9) if (code := f"{n:06d}") not in near)
