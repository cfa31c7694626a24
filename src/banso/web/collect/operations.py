"""Adding sources, giving them keys, and counting what came from them."""

import datetime as dt
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from banso.collect.sources import Counted, digest_of_key
from banso.kernel.errors import BansoError
from banso.runs.collected_rows import moment_of
from banso.web.audit import operations as audit
from banso.web.collect import queries
from banso.web.collect.models import CollectSource, RefusedCall, WriteKey
from banso.webkit.permissions import Staff

REFUSALS_KEPT = 200  # of each source

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class SourceTaken(BansoError):
    """Refuse a key that another source has."""

    code = "source_taken"


class SourceKeyInvalid(BansoError):
    """Refuse a key that cannot stand in the ids of events."""

    code = "source_key_invalid"


@dataclass(frozen=True)
class Made:
    """A source with a new write key, which can be read this once."""

    source: CollectSource
    write_key: str


@transaction.atomic
def add_source(
    *,
    key: str,
    name: str,
    limit_per_second: int | None,
    by: Staff | None,
    at: dt.datetime,
) -> Made:
    """Add a source of live events, with its first write key.

    Parameters
    ----------
    key
        Small letters, digits and hyphens; it stands in the ids of the source's
        events and never changes.
    name
        What people call it; the key when empty.
    limit_per_second
        How many calls it may send on average; None: as many as it likes.
    by, at
        Who (None: the command line), and when.

    Raises
    ------
    SourceKeyInvalid, SourceTaken
        Nothing was added.

    """
    if not _KEY.fullmatch(key):
        raise SourceKeyInvalid(
            "The key of a source has 1 to 40 small letters, digits or hyphens.",
            key=key,
        )
    if CollectSource.objects.filter(key=key).exists():
        raise SourceTaken(f"There is a source {key} already.", key=key)
    source = CollectSource.objects.create(
        key=key, name=name or key, limit_per_second=limit_per_second, made_at=at
    )
    audit.record("source_added", subject=source, by=by, at=at, details={"key": key})
    return Made(source, _new_key(source, at=at))


@transaction.atomic
def change_source(
    key: str,
    *,
    name: str,
    limit_per_second: int | None,
    is_active: bool,
    by: Staff | None,
    at: dt.datetime,
) -> CollectSource:
    """Change what a source is called, how much it may send, and whether it may."""
    source = queries.get_source(key, lock=True)
    source.name = name or key
    source.limit_per_second = limit_per_second
    source.is_active = is_active
    source.save(update_fields=["name", "limit_per_second", "is_active"])
    details = {"limit": limit_per_second, "active": is_active}
    audit.record("source_changed", subject=source, by=by, at=at, details=details)
    return source


@transaction.atomic
def rotate_key(
    key: str, *, overlap: dt.timedelta, by: Staff | None, at: dt.datetime
) -> Made:
    """Make a new write key; the source's other keys end after the overlap."""
    source = queries.get_source(key, lock=True)
    ends_at = at + overlap
    longer = Q(ends_at=None) | Q(ends_at__gt=ends_at)
    WriteKey.objects.filter(longer, source=source).update(ends_at=ends_at)
    details = {"overlap_hours": overlap / dt.timedelta(hours=1)}
    audit.record("write_key_made", subject=source, by=by, at=at, details=details)
    return Made(source, _new_key(source, at=at))


@transaction.atomic
def end_key(key_id: int, *, by: Staff | None, at: dt.datetime) -> WriteKey:
    """Let a write key count no longer, at once."""
    write_key = queries.get_write_key(key_id, lock=True)
    if write_key.ends_at is None or write_key.ends_at > at:
        write_key.ends_at = at
        write_key.save(update_fields=["ends_at"])
        details = {"tail": str(write_key)}
        source = write_key.source
        audit.record("write_key_ended", subject=source, by=by, at=at, details=details)
    return write_key


@transaction.atomic
def count(counted: Mapping[str, Counted]) -> None:
    """Add what the collector counted, and keep the newest refused calls."""
    sources = {each.key: each for each in CollectSource.objects.filter(key__in=counted)}
    for key, each in counted.items():
        source = sources.get(key)
        if source is None:
            continue
        last = {"last_at": moment_of(each.last_at)} if each.last_at else {}
        CollectSource.objects.filter(pk=source.pk).update(
            accepted=F("accepted") + each.accepted,
            refused=F("refused") + each.refused,
            **last,
        )
        if each.refusals:
            _keep_refusals(source, each)


def _keep_refusals(source: CollectSource, counted: Counted) -> None:
    RefusedCall.objects.bulk_create(
        RefusedCall(
            source=source,
            at=moment_of(refused.at),
            message_id=refused.message_id.replace("\x00", "\ufffd"),
            code=refused.code,
            words=refused.words.replace("\x00", "\ufffd")[:300],
        )
        for refused in counted.refusals
    )
    kept = source.refusals.values_list("pk", flat=True)
    oldest = kept[REFUSALS_KEPT - 1 : REFUSALS_KEPT].first()
    if oldest is not None:
        source.refusals.filter(pk__lt=oldest).delete()


def _new_key(source: CollectSource, *, at: dt.datetime) -> str:
    write_key = f"bwk_{secrets.token_urlsafe(32)}"
    WriteKey.objects.create(
        source=source,
        digest=digest_of_key(write_key),
        tail=write_key[-4:],
        made_at=at,
    )
    return write_key
