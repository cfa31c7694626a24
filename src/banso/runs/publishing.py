"""Publishing the definitions of the project's folder into the lake."""

import datetime as dt
from dataclasses import dataclass

from banso.definitions.catalog import Catalog
from banso.definitions.differences import Change, difference
from banso.definitions.reading import files_of, read_catalog
from banso.kernel.errors import BansoError
from banso.kernel.issues import Issue, Level, has_errors
from banso.runs.project import Project
from banso.runs.results import lake_of, published_catalog
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import DefinitionsVersion


class DefinitionsFaulty(BansoError):
    """Refuse to publish definitions with errors; `issues` are all of them."""

    code = "definitions_faulty"

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        errors = [i for i in issues if i.level is Level.ERROR] or list(issues)
        super().__init__(
            f"The definitions have {len(errors)} errors; the first is {errors[0]}",
            hint="`banso check` lists them all.",
            count=len(errors),
            first=str(errors[0]),
        )
        self.issues = issues


@dataclass(frozen=True)
class Applied:
    """What publishing came to."""

    catalog: Catalog
    version: DefinitionsVersion
    changes: tuple[Change, ...]  # against what was published before
    is_new: bool  # False when the folder said what was published already
    warnings: tuple[Issue, ...]


def apply_definitions(
    project: Project, *, by: str, why: str, at: dt.datetime
) -> Applied:
    """Publish the definitions of the folder, unless they are published already.

    Parameters
    ----------
    project
        Whose definitions.
    by, why
        Who publishes, and the reason in words; both are kept with the version.
    at
        The present, aware.

    Raises
    ------
    DefinitionsFaulty
        They have errors; nothing is published.
    LakeBusy
        Another process is writing.

    """
    files, unreadable = files_of(project.definitions_folder)
    catalog, issues = read_catalog(files)
    issues = unreadable + issues
    if catalog is None or has_errors(issues):
        raise DefinitionsFaulty(tuple(issues))
    lake = lake_of(project)
    versions = lake.current().definitions
    warnings = tuple(issues)
    if versions and versions[-1].digest == catalog.digest:
        return Applied(catalog, versions[-1], (), is_new=False, warnings=warnings)
    before = _before(lake)
    with lake.writing(at=at) as draft:
        version = draft.put_definitions(files, digest=catalog.digest, by=by, why=why)
        draft.commit()
    changes = difference(before, catalog)
    return Applied(catalog, version, changes, is_new=True, warnings=warnings)


def _before(lake: Lake) -> Catalog:
    versions = lake.current().definitions
    if not versions:
        return Catalog(metrics=(), health=())
    return published_catalog(lake, versions[-1].digest)
