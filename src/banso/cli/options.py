"""The options that commands share."""

import functools
import os
import shlex
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import click

from banso.cli.words import program
from banso.runs.project import SETTINGS_FILE, Project

P = ParamSpec("P")
R = TypeVar("R")

PROJECT = "BANSO_PROJECT"
# The project of the command that is running, for hints that can be typed as they are.
meant_project: ContextVar[Project | None] = ContextVar("meant_project", default=None)
_MEANT_WITHOUT_SAYING = "banso.project_folder"


def in_project(command: Callable[Concatenate[Project, P], R]) -> Callable[P, R]:
    """Give a command ``--project`` and hand it the project as its first argument."""

    @click.option(
        "--project",
        "project_folder",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        help="The project's folder. Default: BANSO_PROJECT, else the current folder "
        "or the nearest one above it that holds a banso.toml.",
    )
    @functools.wraps(command)
    def with_project(*args: P.args, **kwargs: P.kwargs) -> R:
        folder = kwargs.pop("project_folder")
        assert folder is None or isinstance(folder, Path)
        meant_project.set(None)
        # Remembered now: making Django ready names the project in the environment.
        click.get_current_context().meta[_MEANT_WITHOUT_SAYING] = find_folder(None)
        project = Project.open(find_folder(folder))
        meant_project.set(project)
        return command(project, *args, **kwargs)

    return with_project


def find_folder(given: Path | None) -> Path:
    """Return the folder of the project that is meant.

    What was said counts as it is; otherwise the folders from here upward are searched,
    and the current one is returned when none is a project, for the error to name it.
    """
    said = given or os.environ.get(PROJECT)
    if said:
        return Path(said)
    here = Path.cwd()
    candidates = (here, *here.parents)
    return next((f for f in candidates if (f / SETTINGS_FILE).is_file()), here)


def to_type(project: Project, command: str) -> str:
    """Return a command as the reader can type it here, for this project."""
    typed = f"{program()} {command}"
    context = click.get_current_context(silent=True)
    meant = context.meta.get(_MEANT_WITHOUT_SAYING) if context else None
    if (meant or find_folder(None)).resolve() == project.folder:
        return typed
    here = Path.cwd()
    folder = project.folder
    if folder.is_relative_to(here):
        folder = folder.relative_to(here)
    return f"{typed} --project {shlex.quote(str(folder))}"


as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for other programs."
)
