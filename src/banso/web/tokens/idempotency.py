"""Requests with an idempotency key: done once, answered the same each time."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction

from banso.kernel.errors import BansoError
from banso.web.tokens.models import Repeatable
from banso.webkit.sealing import seal, unseal

_PURPOSE: Final = "banso.answers"
KEPT: Final = dt.timedelta(hours=24)
# a process that died left its request behind; no request takes so long
GIVEN_UP: Final = dt.timedelta(minutes=15)


class KeyReused(BansoError):
    """Refuse a key that came with another request."""

    code = "idempotency_key_reused"


class RequestUnderWay(BansoError):
    """Refuse to do at the same time what is being done already."""

    code = "request_under_way"


@dataclass(frozen=True)
class Answer:
    """What was answered to a request."""

    status: int
    kind: str
    content: bytes


def begin(token_id: int, key: str, said: bytes, *, at: dt.datetime) -> int | Answer:
    """Return a number to `finish`, or the answer when the request was done before.

    Parameters
    ----------
    token_id, key
        Who sent the request, and under which key.
    said
        Method, address and body.
    at
        The present.

    Raises
    ------
    KeyReused, RequestUnderWay
        The request must not be done.

    """
    digest = hashlib.sha256(said).hexdigest()
    key = key[:200]
    Repeatable.objects.filter(at__lt=at - KEPT).delete()
    of_key = Repeatable.objects.filter(token_id=token_id, key=key)
    of_key.filter(status=None, at__lt=at - GIVEN_UP).delete()
    try:
        with transaction.atomic():
            new = Repeatable.objects.create(
                token_id=token_id, key=key, digest=digest, at=at
            )
    except IntegrityError:
        before = of_key.first()
    else:
        return new.pk
    if before is not None and before.digest != digest:
        raise KeyReused(f"The key {key} was used for another request.", key=key)
    if before is None or before.status is None:
        raise RequestUnderWay(f"The request {key} is under way.", key=key)
    return Answer(before.status, before.kind, _opened(bytes(before.content)))


def finish(begun: int | None, answer: Answer | None) -> None:
    """Keep what was answered; None: nothing was done, and the key is free.

    Parameters
    ----------
    begun
        What `begin` gave; None: the request had no key.
    answer
        Of the request.

    """
    if begun is None:
        return
    request = Repeatable.objects.filter(pk=begun)
    if answer is None:
        request.delete()
    else:
        request.update(
            status=answer.status, kind=answer.kind, content=_sealed(answer.content)
        )


def _sealed(content: bytes) -> bytes:
    """Return an answer as it is kept: it may hold a secret that is told once."""
    return seal(content.decode("latin-1"), purpose=_PURPOSE).encode()


def _opened(content: bytes) -> bytes:
    known = unseal(content.decode("latin-1"), purpose=_PURPOSE)
    return (
        content if known is None else known.encode("latin-1")
    )  # kept before a sealing
