"""What the frame shows of the measures of the team."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class TeamFeature(Feature):
    """How the team works: initiative, waits, coverage, load, and four pitfalls."""

    name = "banso.web.team"
    label = "team"
    navigation: ClassVar = (
        NavEntry(
            title=_("Team"),
            url_name="team:page",
            icon="users-round",
            capability="see_team",
            order=34,
        ),
    )
