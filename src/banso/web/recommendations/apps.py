"""What the frame shows of recommendations."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class RecommendationsFeature(Feature):
    """What customers like this one take up next."""

    name = "banso.web.recommendations"
    label = "recommendations"
    navigation: ClassVar = (
        NavEntry(
            title=_("Recommendations"),
            url_name="recommendations:page",
            icon="lightbulb",
            capability="see_customers",
            order=45,
        ),
    )
