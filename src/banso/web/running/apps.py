"""The background work that keeps the numbers fresh."""

from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from banso.kernel.spans import seconds_of
from banso.webkit.features import Feature
from banso.webkit.tasks import Task

LOOK = "5 s"


def look_every() -> str:
    """Return how often it is looked whether a run is wanted; empty for never."""
    every = str(settings.BANSO_RUN_EVERY)
    # a span is the rest between two runs, which `queries.run_is_wanted` keeps
    return LOOK if every and seconds_of(every) is not None else every


def retention_every() -> str:
    """Return when what is no longer kept is taken out; empty: by hand."""
    return "40 3 * * *" if settings.BANSO_RETENTION_DAILY else ""


class RunningFeature(Feature):
    """Live runs."""

    name = "banso.web.running"
    label = "running"
    tasks: ClassVar = (
        Task(
            name="running.take_collected",
            title=_("Take in live events"),
            call="banso.web.running.tasks.take_in",
            every="3 s",
            wanted="banso.web.running.tasks.take_in_is_wanted",
        ),
        Task(
            name="running.read_sources",
            title=_("Read connected databases"),
            call="banso.web.running.tasks.read_sources",
            lane="long",
            every=LOOK,
            wanted="banso.web.running.tasks.read_sources_is_wanted",
        ),
        Task(
            name="running.refresh",
            title=_("Compute the numbers anew"),
            call="banso.web.running.tasks.refresh",
            lane="long",
            every=look_every,
            wanted="banso.web.running.tasks.refresh_is_wanted",
        ),
        Task(
            name="running.retention",
            title=_("Take out what is no longer kept"),
            # of the site, for it goes through the records of all features
            call="banso.site.retention_job.apply_daily",
            lane="long",
            every=retention_every,
        ),
    )
