"""What the frame shows of background work."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry
from banso.webkit.tasks import Task


class JobsFeature(Feature):
    """The work in the background."""

    name = "banso.web.jobs"
    label = "jobs"
    navigation: ClassVar = (
        NavEntry(
            title=_("Background work"),
            url_name="jobs:all",
            icon="list-checks",
            capability="administer_jobs",
            order=94,
            section="administration",
        ),
    )
    actions: ClassVar = {
        "job_asked_for": _("Asked for the background job %(subject)s at once."),
        "job_retried": _("Let the background job %(subject)s begin again."),
    }
    refusals: ClassVar = {
        "job_not_retried": _(
            "It is done or under way already, or a newer one takes its place."
        ),
    }
    tasks: ClassVar = (
        Task(
            name="jobs.forget_old",
            title=_("Clear away old background jobs"),
            call="banso.web.jobs.operations.forget_old",
            every="15 3 * * *",
        ),
    )
