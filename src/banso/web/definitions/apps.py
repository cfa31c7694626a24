"""What the frame shows of the definitions."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class DefinitionsFeature(Feature):
    """Metrics, health models and their versions."""

    name = "banso.web.definitions"
    label = "definitions"
    navigation: ClassVar = (
        NavEntry(
            title=_("Definitions"),
            url_name="definitions:health",
            icon="ruler",
            capability="see_definitions",
            order=60,
        ),
    )
