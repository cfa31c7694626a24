"""What the frame shows of the overview."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class OverviewFeature(Feature):
    """The overview."""

    name = "banso.web.overview"
    label = "overview"
    navigation: ClassVar = (
        NavEntry(
            title=_("Overview"),
            url_name="overview:page",
            icon="layout-dashboard",
            capability="see_overview",
            order=10,
        ),
    )
