"""Opening a project's lake to read it."""

from banso.runs.project import Project
from banso.warehouse.lake import Lake
from banso.warehouse.session import Session


def reading(project: Project) -> Session:
    """Return a session over the newest version of the project's lake."""
    return Session(Lake(project.lake_folder))
