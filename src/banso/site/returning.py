"""What people did in the app, back into the lake as facts: the loop of the product."""

import datetime as dt

from banso.runs.project import Project
from banso.runs.recording import Recorded
from banso.site.serving import migrate


def return_facts(project: Project, *, at: dt.datetime) -> Recorded:
    """Let the lake hold exactly what the features of the app recorded.

    To be called before each run. A project without an app database gets one.

    Parameters
    ----------
    project
        Whose app database and lake.
    at
        The present, aware.

    Raises
    ------
    LakeBusy
        Another process is writing to the lake.
    DatabaseUnreachable
        The app database does not answer.

    """
    migrate(project)
    from banso.web.running import operations  # noqa: PLC0415 - after the settings

    return operations.take_back(project, at=at)
