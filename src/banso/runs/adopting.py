"""Publishing definitions that were made in the web, and writing them to the folder.

`banso run` publishes the folder whenever it differs from what is published. So a
version that only the lake knew would be undone by the next run: the folder says the
same from the first moment on, or nothing is published.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from banso.definitions.catalog import Catalog
from banso.definitions.reading import files_of, read_catalog
from banso.definitions.reweighting import NoSuchModel, reweighted_files, with_shares
from banso.kernel.errors import BansoError
from banso.kernel.issues import has_errors
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.durable import write_durably
from banso.warehouse.manifest import DefinitionsVersion


class FolderDiffers(BansoError):
    """Refuse to publish beside a folder that says something else."""

    code = "folder_differs"


class FolderNotWritable(BansoError):
    """Refuse to publish what cannot be written into the project's folder."""

    code = "folder_not_writable"


class DefinitionsMoved(BansoError):
    """Refuse a change that was made from a version no longer in force."""

    code = "definitions_moved"


class AlreadyInForce(BansoError):
    """Refuse to publish what is published already."""

    code = "already_in_force"


@dataclass(frozen=True)
class Decision:
    """Who publishes, why, when, and from which version they set out."""

    by: str
    why: str
    at: dt.datetime
    based_on: str  # the digest of the version that the change was made from


def publish_weights(
    project: Project,
    model_key: str,
    shares: Mapping[str, float],
    *,
    decision: Decision,
) -> DefinitionsVersion:
    """Publish other weights of a health model; lake and folder change together.

    Parameters
    ----------
    project
        Whose definitions.
    model_key, shares
        The model, and the part of the score of each ``<dimension>.<element>``.
    decision
        Who, why, when, and from which version.

    Raises
    ------
    DefinitionsMoved, AlreadyInForce
        Another version is in force than the draft was made from; or these weights are.
    FolderDiffers, FolderNotWritable, WeightsNotWritable
        The folder holds changes that are not published; or it cannot be written; or
        the weights cannot be written into its file.
    LakeBusy
        Another process is writing. In every case nothing was changed.

    """
    files = weighted_files(project, model_key, shares, based_on=decision.based_on)
    return _publish(project, files, decision)


def weighted_files(
    project: Project, model_key: str, shares: Mapping[str, float], *, based_on: str
) -> Mapping[str, bytes]:
    """Return the definition files with other weights; nothing is written.

    Those of the folder when it says what `based_on` says, else those published.
    """
    found = _folder_files(project)
    if found is None or found[1].digest != based_on:
        files = lake_of(project).definition_files(based_on)
        catalog, _issues = read_catalog(files)
        assert catalog is not None
        found = dict(files), catalog
    files, catalog = found
    models = [model for model in catalog.health if model.key == model_key]
    if not models:
        raise NoSuchModel(f"There is no health model '{model_key}'.", model=model_key)
    return reweighted_files(files, with_shares(models[0], shares))


def republish(
    project: Project, digest: str, *, decision: Decision
) -> DefinitionsVersion:
    """Publish an earlier version again; lake and folder change together.

    Comments in the folder that were not published yet are kept in the lake first.

    Raises
    ------
    NoSuchDefinitions
        Nothing was published under that digest.
    DefinitionsMoved, AlreadyInForce, FolderDiffers, FolderNotWritable, LakeBusy
        As for `publish_weights`.

    """
    return _publish(project, lake_of(project).definition_files(digest), decision)


def _publish(
    project: Project, files: Mapping[str, bytes], decision: Decision
) -> DefinitionsVersion:
    catalog, issues = read_catalog(files)
    assert catalog is not None, issues
    if catalog.digest == decision.based_on:
        raise AlreadyInForce("These definitions are in force already.")
    lake = lake_of(project)
    with lake.writing(at=decision.at) as draft:
        in_force = draft.base.definitions[-1].digest
        if in_force != decision.based_on:
            raise DefinitionsMoved(
                "Other definitions were published meanwhile.",
                hint="Look at them, then decide again.",
                digest=in_force[:8],
            )
        present = _folder_as_published(project, in_force)
        who = {"by": decision.by, "why": decision.why}
        if present != dict(lake.definition_files(in_force)):
            draft.put_definitions(present, digest=in_force, **who)
        version = draft.put_definitions(files, digest=catalog.digest, **who)
        with _folder_saying(project.definitions_folder, present, files):
            draft.commit()
    return version


def _folder_files(project: Project) -> tuple[dict[str, bytes], Catalog] | None:
    """Return what the folder says; None when it is not there or has faults."""
    if not project.definitions_folder.is_dir():
        return None
    files, unreadable = files_of(project.definitions_folder)
    catalog, issues = read_catalog(files)
    if catalog is None or has_errors([*unreadable, *issues]):
        return None
    return files, catalog


def _folder_as_published(project: Project, digest: str) -> dict[str, bytes]:
    folder = project.definitions_folder
    if not folder.is_dir():
        raise FolderNotWritable(
            f"There is no folder {folder} to write to.",
            hint="Put the file into the folder where it is, then run `banso apply`.",
            folder=str(folder),
            cause="there is no such folder",
        )
    found = _folder_files(project)
    if found is None or found[1].digest != digest:
        raise FolderDiffers(
            f"The definitions in {folder} are not those that are published.",
            hint="Publish them with `banso apply`, or undo them, then try again.",
            folder=str(folder),
        )
    return found[0]


@contextmanager
def _folder_saying(
    folder: Path, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> Iterator[None]:
    """Let the folder hold `after`; on any fault within, it holds `before` again."""
    changed = {
        name: after.get(name)
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
    try:
        try:
            for name, content in changed.items():
                _put(folder / name, content)
        except OSError as error:
            raise FolderNotWritable(
                f"{folder} cannot be written: {error.strerror}.",
                hint="Put the file there by hand, then run `banso apply`.",
                folder=str(folder),
                cause=error.strerror,
            ) from error
        yield
    except BaseException:
        for name in changed:
            if _content(folder / name) != before.get(name):
                _put(folder / name, before.get(name))
        raise


def _put(path: Path, content: bytes | None) -> None:
    """Write a file, or remove it; what a link leads to is written, not the link."""
    if content is None:
        path.unlink(missing_ok=True)
    else:
        write_durably(path.resolve(), content)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
