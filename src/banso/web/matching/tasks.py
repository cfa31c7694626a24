"""Looking for customers that may be one, when the facts about them changed."""

from pathlib import Path

from django.conf import settings

from banso.runs.matching import evidence_digest
from banso.runs.project import Project
from banso.web.matching import operations
from banso.webkit.tasks import TaskRun


def look_is_wanted(run: TaskRun) -> bool:
    """Return whether customers or contacts changed since it was looked last."""
    digest = evidence_digest(_project())
    return bool(digest) and run.memory.get("facts") != digest


def look(run: TaskRun) -> None:
    """Find the pairs that may be one."""
    project = _project()
    digest = evidence_digest(project)
    operations.look(project, at=run.at)
    run.remember(facts=digest)


def _project() -> Project:
    folder = settings.BANSO_PROJECT_FOLDER
    assert isinstance(folder, Path)
    return Project.open(folder)
