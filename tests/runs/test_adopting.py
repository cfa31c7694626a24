"""Definitions made in the web reach lake and folder together, or neither."""

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lakes import new_project

from banso.definitions.reading import read_catalog
from banso.runs.adopting import (
    AlreadyInForce,
    Decision,
    DefinitionsMoved,
    FolderDiffers,
    FolderNotWritable,
    publish_weights,
    republish,
    weighted_files,
)
from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of
from banso.warehouse.lake import LakeBusy

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
SHARES = {"engagement.regularity": 0.75, "adoption.depth": 0.25}
NOBODY = 65534


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path / "project")


def decision(project: Project, why: str = "They tell more.") -> Decision:
    newest = lake_of(project).current().definitions[-1]
    return Decision("aoi@example.com", why, NOW, based_on=newest.digest)


def health_text(project: Project) -> str:
    return (project.definitions_folder / "health.yaml").read_text()


def test_lake_and_folder_say_the_same(project: Project) -> None:
    before = health_text(project)

    version = publish_weights(project, "standard", SHARES, decision=decision(project))

    assert (version.published_by, version.why) == ("aoi@example.com", "They tell more.")
    assert lake_of(project).current().definitions[-1] == version
    catalog, issues = read_catalog(project.definitions_folder)
    assert catalog is not None
    assert not issues
    assert catalog.digest == version.digest
    weights = {d.key: d.weight for d in catalog.health[0].dimensions if d.weight}
    assert weights == {"engagement": 75, "adoption": 25}
    comments = [line for line in before.splitlines() if "#" in line]
    assert [line for line in health_text(project).splitlines() if "#" in line] == (
        comments
    )


def test_the_next_run_does_not_undo_it(project: Project) -> None:
    version = publish_weights(project, "standard", SHARES, decision=decision(project))

    applied = apply_definitions(project, by="robot", why="banso run", at=NOW)

    assert not applied.is_new
    assert applied.version.digest == version.digest


def test_a_folder_with_changes_of_its_own_is_left_alone(project: Project) -> None:
    path = project.definitions_folder / "health.yaml"
    path.write_text(health_text(project).replace("healthy: 70", "healthy: 75"))
    edited, versions = health_text(project), lake_of(project).current().version

    with pytest.raises(FolderDiffers):
        publish_weights(project, "standard", SHARES, decision=decision(project))

    assert health_text(project) == edited
    assert lake_of(project).current().version == versions


def test_a_comment_in_the_folder_stays(project: Project) -> None:
    path = project.definitions_folder / "health.yaml"
    path.write_text("# of today\n" + health_text(project))

    publish_weights(project, "standard", SHARES, decision=decision(project))

    assert health_text(project).startswith("# of today\n")


def test_a_version_published_meanwhile_is_not_overwritten(project: Project) -> None:
    outdated = decision(project)
    publish_weights(project, "standard", {"support.bug_share": 1}, decision=outdated)
    text = health_text(project)

    with pytest.raises(DefinitionsMoved):
        publish_weights(project, "standard", SHARES, decision=outdated)

    assert health_text(project) == text


def test_the_same_again_is_refused(project: Project) -> None:
    publish_weights(project, "standard", SHARES, decision=decision(project))

    with pytest.raises(AlreadyInForce):
        publish_weights(project, "standard", SHARES, decision=decision(project))


def test_nothing_changes_while_somebody_writes(project: Project) -> None:
    text = health_text(project)

    with lake_of(project).locked(), pytest.raises(LakeBusy):
        publish_weights(project, "standard", SHARES, decision=decision(project))

    assert health_text(project) == text


def test_no_folder_is_a_refusal_and_the_file_can_be_had(project: Project) -> None:
    asked = decision(project)
    project.definitions_folder.rename(project.folder / "elsewhere")

    with pytest.raises(FolderNotWritable):
        publish_weights(project, "standard", SHARES, decision=asked)

    files = weighted_files(project, "standard", SHARES, based_on=asked.based_on)
    catalog, _issues = read_catalog(files)
    assert catalog is not None
    assert catalog.health[0].dimensions[0].weight == 0


@contextmanager
def only_reading(project: Project) -> Iterator[None]:
    """Take the right to write into the folder, also from an administrator."""
    folders = [p for p in project.definitions_folder.rglob("*") if p.is_dir()]
    folders.append(project.definitions_folder)
    for folder in folders:
        folder.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        for path in [project.private_folder, *project.private_folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for folder in folders:
            folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_a_refusal() -> None:
    with tempfile.TemporaryDirectory() as folder:  # one that nobody may enter, too
        Path(folder).chmod(0o755)
        project = new_project(Path(folder) / "project")
        asked, text = decision(project), health_text(project)

        with only_reading(project), pytest.raises(FolderNotWritable):
            publish_weights(project, "standard", SHARES, decision=asked)

        assert health_text(project) == text
        assert lake_of(project).current().definitions[-1].digest == asked.based_on


def test_going_back_restores_every_file(project: Project) -> None:
    first = decision(project)
    before = {p: p.read_bytes() for p in project.definitions_folder.rglob("*.yaml")}
    publish_weights(project, "standard", SHARES, decision=first)
    more = project.definitions_folder / "metrics" / "more.yaml"
    more.write_bytes(before[project.definitions_folder / "metrics" / "contracts.yaml"])
    (project.definitions_folder / "metrics" / "contracts.yaml").unlink()
    apply_definitions(project, by="ben", why="moved", at=NOW)

    back = decision(project, why="It told less after all.")
    version = republish(project, first.based_on, decision=back)

    after = {p: p.read_bytes() for p in project.definitions_folder.rglob("*.yaml")}
    assert after == before
    assert version.digest == first.based_on
    assert lake_of(project).current().definitions[-1].why == "It told less after all."


def test_going_back_keeps_comments_that_nobody_published(project: Project) -> None:
    first = decision(project)
    version = publish_weights(project, "standard", SHARES, decision=first)
    path = project.definitions_folder / "health.yaml"
    path.write_text("# precious\n" + health_text(project))

    republish(project, first.based_on, decision=decision(project))

    kept = lake_of(project).definition_files(version.digest)["health.yaml"]
    assert kept.startswith(b"# precious\n")
