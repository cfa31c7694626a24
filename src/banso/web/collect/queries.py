"""Reading sources, their keys, and how far taking in is behind."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from banso.collect.sources import Source
from banso.kernel.errors import BansoError
from banso.runs.collecting import CollectState, collect_state
from banso.runs.project import Project
from banso.web.collect.models import CollectSource, RefusedCall, WriteKey

REFUSALS_SHOWN = 50


class NoSuchSource(BansoError):
    """Refuse a key that no source has."""

    code = "no_such_source"


@dataclass(frozen=True)
class Line:
    """One source with the keys that count now or will soon no longer."""

    source: CollectSource
    keys: Sequence[WriteKey]


@dataclass(frozen=True)
class SourcesPage:
    """Everything on the page of live events."""

    lines: Sequence[Line]
    state: CollectState
    refusals: Sequence[RefusedCall]
    address: str  # of the endpoint; empty when this server runs none
    accepted: int
    refused: int
    last_at: dt.datetime | None


def get_source(key: str, *, lock: bool = False) -> CollectSource:
    """Return a source.

    Raises
    ------
    NoSuchSource
        None has the key.

    """
    rows = CollectSource.objects.select_for_update() if lock else CollectSource.objects
    source = rows.filter(key=key).first()
    if source is None:
        raise NoSuchSource(f"There is no source {key}.", key=key)
    return source


def get_line(key: str) -> Line:
    """Return a source with all its keys.

    Raises
    ------
    NoSuchSource
        None has the key.

    """
    source = get_source(key)
    return Line(source, list(source.keys.all()))


def get_write_key(key_id: int, *, lock: bool = False) -> WriteKey:
    """Return a write key.

    Raises
    ------
    NoSuchSource
        There is none of that number.

    """
    rows = WriteKey.objects.select_for_update() if lock else WriteKey.objects
    found = rows.select_related("source").filter(pk=key_id).first()
    if found is None:
        raise NoSuchSource(f"There is no write key {key_id}.", key=str(key_id))
    return found


def list_sources() -> Sequence[CollectSource]:
    """Return all sources by name."""
    return list(CollectSource.objects.all())


def live_keys(*, at: dt.datetime) -> Mapping[str, Source]:
    """Return the sources that may send, by the hashes of their keys."""
    rows = WriteKey.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=at), source__is_active=True
    ).values_list("digest", "source__key", "source__limit_per_second")
    return {digest: Source(key, limit) for digest, key, limit in rows}


def sources_page(*, at: dt.datetime) -> SourcesPage:
    """Return what the page of live events shows."""
    sources = list_sources()
    keys: dict[int, list[WriteKey]] = {}
    for each in WriteKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at)):
        keys.setdefault(each.source_id, []).append(each)
    folder = settings.BANSO_PROJECT_FOLDER
    assert folder is not None
    shown = RefusedCall.objects.select_related("source")[:REFUSALS_SHOWN]
    return SourcesPage(
        lines=[Line(each, keys.get(each.pk, [])) for each in sources],
        state=collect_state(Project.open(folder)),
        refusals=list(shown),
        address=address_shown(),
        accepted=sum(each.accepted for each in sources),
        refused=sum(each.refused for each in sources),
        last_at=max((each.last_at for each in sources if each.last_at), default=None),
    )


def told(key: str) -> dict[str, object]:
    """Return a source with its keys as values, for programs.

    Raises
    ------
    NoSuchSource
        None has the key.

    """
    line = get_line(key)
    plain = {name: getattr(line.source, name) for name in _TOLD}
    write_keys = [
        {
            "key_id": each.pk,
            "tail": each.tail,
            "made_at": each.made_at,
            "ends_at": each.ends_at,
        }
        for each in line.keys
    ]
    return {**plain, "write_keys": write_keys}


_TOLD = (
    "key", "name", "limit_per_second", "is_active", "made_at", "last_at", "accepted",
    "refused",
)  # fmt: skip


def list_refused() -> list[dict[str, object]]:
    """Return the newest refused calls as values."""
    shown = RefusedCall.objects.select_related("source")[:REFUSALS_SHOWN]
    names = ("at", "message_id", "code", "words")
    return [
        {"source": each.source.key, **{name: getattr(each, name) for name in names}}
        for each in shown
    ]


def address_shown() -> str:
    """Return where the endpoint is; empty when this server runs none."""
    return str(settings.BANSO_COLLECT_ADDRESS)
