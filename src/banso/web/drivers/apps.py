"""What the frame shows of the drivers."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class DriversFeature(Feature):
    """What goes with leaving, and what does not."""

    name = "banso.web.drivers"
    label = "drivers"
    navigation: ClassVar = (
        NavEntry(
            title=_("Drivers"),
            url_name="drivers:page",
            icon="split",
            capability="see_drivers",
            order=30,
        ),
    )
