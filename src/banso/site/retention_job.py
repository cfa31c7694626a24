"""What the worker does once a day when ``[retention] apply = "daily"``."""

from django.conf import settings

from banso.runs.project import Project
from banso.site.person_records import AppDatabaseInUse
from banso.site.retention import apply_retention
from banso.warehouse.lake import LakeBusy
from banso.webkit.tasks import TaskRun, TryLater

_BUSY_SECONDS = 60


def apply_daily(run: TaskRun) -> None:
    """Take out what the rules no longer keep."""
    assert settings.BANSO_PROJECT_FOLDER is not None
    project = Project.open(settings.BANSO_PROJECT_FOLDER)
    try:
        apply_retention(
            project,
            at=run.at,
            progress=lambda step, done, total: run.tell(done, total, step),
        )
    except (LakeBusy, AppDatabaseInUse) as error:
        raise TryLater(error.message, seconds=_BUSY_SECONDS) from error
