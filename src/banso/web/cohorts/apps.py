"""What the frame shows of cohorts."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class CohortsFeature(Feature):
    """Customers by when they came, followed by age."""

    name = "banso.web.cohorts"
    label = "cohorts"
    navigation: ClassVar = (
        NavEntry(
            title=_("Cohorts"),
            url_name="cohorts:page",
            icon="grid-3x3",
            capability="see_cohorts",
            order=27,
        ),
    )
