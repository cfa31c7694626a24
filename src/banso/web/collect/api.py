"""Sources of live events for programs: add, change, rotate keys, disable."""

import datetime as dt

from ninja import Router, Status

from banso.web.collect import operations, queries
from banso.web.collect.schemas import (
    MadeOut,
    RefusedCallsOut,
    RotationIn,
    SourceChangeIn,
    SourceIn,
    SourceOut,
    SourcesOut,
)
from banso.webkit.api.paging import Key
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Live events"])


@router.get("collect-sources", response=SourcesOut, operation_id="listCollectSources")
@allowed("manage_sources")
def sources(request: StaffRequest) -> object:
    """List the sources of live events with their keys, and where the endpoint is."""
    del request
    items = [queries.told(each.key) for each in queries.list_sources()]
    return {"address": queries.address_shown(), "items": items}


@router.post("collect-sources", response=MadeOut, operation_id="addCollectSource")
@allowed("manage_sources")
def add(request: StaffRequest, body: SourceIn) -> object:
    """Add a source; its first write key is in this answer alone."""
    made = operations.add_source(**body.model_dump(), by=request.user, at=request.now)
    return queries.told(made.source.key) | {"write_key": made.write_key}


@router.get(
    "collect-sources/{source}", response=SourceOut, operation_id="getCollectSource"
)
@allowed("manage_sources")
def source_of(request: StaffRequest, source: str) -> object:
    """Return one source with all its write keys."""
    del request
    return queries.told(source)


@router.put(
    "collect-sources/{source}", response=SourceOut, operation_id="changeCollectSource"
)
@allowed("manage_sources")
def change(request: StaffRequest, source: str, body: SourceChangeIn) -> object:
    """Change what a source is called, how much it may send, and whether it may."""
    operations.change_source(
        source, **body.model_dump(), by=request.user, at=request.now
    )
    return queries.told(source)


@router.post(
    "collect-sources/{source}/write-keys",
    response=MadeOut,
    operation_id="rotateCollectKey",
)
@allowed("manage_sources")
def rotate(request: StaffRequest, source: str, body: RotationIn) -> object:
    """Make a new write key, told once; the others end after the overlap."""
    made = operations.rotate_key(
        source,
        overlap=dt.timedelta(hours=body.overlap_hours),
        by=request.user,
        at=request.now,
    )
    return queries.told(source) | {"write_key": made.write_key}


@router.delete(
    "write-keys/{key_id}", response={204: None}, operation_id="endCollectKey"
)
@allowed("manage_sources")
def end(request: StaffRequest, key_id: Key) -> object:
    """Let a write key count no longer, at once."""
    operations.end_key(key_id, by=request.user, at=request.now)
    return Status(204, None)


@router.get("refused-calls", response=RefusedCallsOut, operation_id="listRefusedCalls")
@allowed("manage_sources")
def refused(request: StaffRequest) -> object:
    """List the newest calls that were refused, and why."""
    del request
    return {"items": queries.list_refused()}
