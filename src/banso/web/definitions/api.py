"""Definitions for programs."""

from ninja import Router

from banso.web.definitions import records
from banso.web.definitions.schemas import (
    DefinitionFilesOut,
    DefinitionVersionsOut,
    MetricsOut,
)
from banso.web.definitions.versions_page import version_page, versions_page
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Definitions"])


@router.get("metrics", response=MetricsOut, operation_id="listMetricDefinitions")
@allowed("see_definitions")
def metrics(request: StaffRequest) -> object:
    """List the metrics of the definitions in force, and how each is computed."""
    del request
    return {"items": records.list_metrics()}


@router.get(
    "definitions", response=DefinitionVersionsOut, operation_id="listDefinitions"
)
@allowed("see_definitions")
def versions(request: StaffRequest) -> object:
    """List the published versions of the definitions, the newest first."""
    return {"items": versions_page(request.user).rows}


@router.get(
    "definitions/{digest}", response=DefinitionFilesOut, operation_id="getDefinitions"
)
@allowed("see_definitions")
def version(request: StaffRequest, digest: str) -> object:
    """Return the files of a version; `current` is the one in force."""
    del request
    digest = records.digest_in_force() if digest == "current" else digest
    page = version_page(digest)
    return {"digest": page.digest, "items": page.files}
