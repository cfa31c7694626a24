"""How many requests a token may make: one count for all processes, rarely written.

A process does not write for each request. It lends itself a share of what is left of
the minute from the app database, and answers from that share until it is used up.
"""

import datetime as dt
import threading
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import F

from banso.kernel.errors import BansoError
from banso.web.tokens.models import Token

WINDOW_SECONDS: Final = 60
SHARES: Final = 20  # a process lends itself a twentieth of the limit at once
_PATIENCE_MS: Final = 50  # with a database that somebody else is writing


class TooManyRequests(BansoError):
    """Refuse more requests within a minute than a token may make."""

    code = "too_many_requests"


@dataclass(frozen=True)
class Allowance:
    """What a token may still ask for."""

    limit: int  # requests a minute
    remaining: int
    reset_seconds: int  # until the count begins anew


@dataclass
class _Share:
    """Requests of one minute that this process may let through without asking."""

    minute: int
    left: int = 0
    beyond: int = 0  # what the database still had when the share was taken


_shares: dict[int, _Share] = {}
_lock = threading.Lock()


def take(token: Token, *, at: dt.datetime) -> Allowance:
    """Count one request.

    Raises
    ------
    TooManyRequests
        The limit of this minute is reached; `facts` hold the seconds to wait.

    """
    limit: int = settings.BANSO_API_REQUESTS_A_MINUTE
    seconds = int(at.timestamp())
    minute, reset = seconds // WINDOW_SECONDS, WINDOW_SECONDS - seconds % WINDOW_SECONDS
    with _lock:
        share = _shares.get(token.pk)
        if share is None or share.minute != minute:
            share = _shares[token.pk] = _Share(minute)
        if not share.left:
            _lend(token, share, limit=limit, at=at)
        if not share.left:
            raise TooManyRequests(
                f"More than {limit} requests within a minute.",
                hint=f"Wait {reset} seconds.",
                limit=limit,
                seconds=reset,
            )
        share.left -= 1
        return Allowance(limit, share.left + share.beyond, reset)


def forget() -> None:
    """Give up the shares of this process; what it lent stays counted."""
    with _lock:
        _shares.clear()


def _lend(token: Token, share: _Share, *, limit: int, at: dt.datetime) -> None:
    """Take a share out of the database, as long as there is something left."""
    wanted = max(1, limit // SHARES)
    of_token = Token.objects.filter(pk=token.pk)
    try:
        with _impatient():
            for _attempt in range(3):
                kept = of_token.values_list("minute", "requests").get()
                used = kept[1] if kept[0] == share.minute else 0
                given = min(wanted, limit - used)
                if given <= 0:
                    return
                # nobody else took something between reading and writing
                same = of_token.filter(minute=kept[0], requests=kept[1])
                if kept[0] == share.minute:
                    done = same.update(requests=F("requests") + given, last_used_at=at)
                else:
                    done = same.update(
                        minute=share.minute, requests=given, last_used_at=at
                    )
                if done:
                    share.left, share.beyond = given, limit - used - given
                    return
    except OperationalError:
        # a run is publishing: no request waits for that; this process counts alone
        share.left = share.left or wanted


class _impatient:  # noqa: N801  used like a function
    """Let SQLite wait for another writer only for a moment."""

    def __enter__(self) -> None:
        self._set(_PATIENCE_MS)

    def __exit__(self, *_error: object) -> None:
        timeout = connection.settings_dict["OPTIONS"].get("timeout", 5)
        self._set(int(timeout * 1000))

    @staticmethod
    def _set(milliseconds: int) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {milliseconds:d}")
