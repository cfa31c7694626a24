"""Writing down who read personal data: once a day, then counted."""

import datetime as dt
import hashlib
import json
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from banso.web.audit.models import PersonalRead
from banso.webkit.personal import MOST_NAMED, Reading, Way

log = logging.getLogger("banso.reads")

_PATIENCE_MS: Final = 500  # that a page waits for others who write
_USUAL_MS: Final = 20_000
# what could not be written yet, of this process; each was logged when it happened
_waiting: deque[PersonalRead] = deque(maxlen=10_000)


@dataclass(frozen=True)
class Reader:
    """Who reads, and by what."""

    way: Way
    by_id: int | None = None  # none: the command line
    through: str = ""  # the token's name, or that of the login on this machine
    address: str = ""


def note_read(reading: Reading, *, reader: Reader, at: dt.datetime) -> None:
    """Note that somebody read personal data; whatever happens, at least in the log.

    It is never in the way of the answer: it waits half a second for others that write,
    then the log says what was read, and the row follows with the next one.
    """
    rows = list(_rows(reading, reader, at))
    if _waiting:
        rows += [_waiting.popleft() for _ in range(len(_waiting))]
    try:
        with _quickly(), transaction.atomic():
            _count(rows)
    except DatabaseError as error:
        for row in rows:
            log.warning(
                "not written yet: user %s (%s) read %s of customer %s by %s from %s"
                " at %s: %s",
                row.by_id,
                row.through,
                row.kind,
                row.customer_id or "(many)",
                row.way,
                row.address,
                row.last_at.isoformat(),
                error,
            )
        _waiting.extend(rows)


def _rows(reading: Reading, reader: Reader, at: dt.datetime) -> Iterator[PersonalRead]:
    day = timezone.localdate(at)
    named = reading.customers if len(reading.customers) <= MOST_NAMED else ()
    for kind in reading.kinds:
        for customer in named or ("",):
            of = [
                str(day), reader.by_id, reader.through, reader.way, kind, customer,
                reading.contact_id, reading.table, reader.address,
            ]  # fmt: skip
            yield PersonalRead(
                key=hashlib.sha256(json.dumps(of).encode()).hexdigest(),
                day=day,
                by_id=reader.by_id,
                through=reader.through[:100],
                way=reader.way,
                kind=kind,
                customer_id=customer or None,
                contact_id=reading.contact_id,
                table=reading.table,
                address=reader.address[:64],
                customers=1 if customer else len(reading.customers) or None,
                first_at=at,
                last_at=at,
            )


def _count(rows: list[PersonalRead]) -> None:
    """Add what is new today, and count what is not."""
    at = max(row.last_at for row in rows)
    keys = {row.key for row in rows}
    known = PersonalRead.objects.filter(key__in=keys)
    if known.update(times=F("times") + 1, last_at=at) == len(keys):
        return
    there = set(known.values_list("key", flat=True))
    new = {row.key: row for row in rows if row.key not in there}
    # another process may have been first within this moment: then it is there
    PersonalRead.objects.bulk_create(
        sorted(new.values(), key=lambda row: row.key), ignore_conflicts=True
    )


@contextmanager
def _quickly() -> Iterator[None]:
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {_USUAL_MS}")
