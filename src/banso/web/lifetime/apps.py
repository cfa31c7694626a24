"""What the frame shows of lifetime value."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class LifetimeFeature(Feature):
    """What a customer is worth."""

    name = "banso.web.lifetime"
    label = "lifetime"
    navigation: ClassVar = (
        NavEntry(
            title=_("Lifetime value"),
            url_name="lifetime:page",
            icon="hand-coins",
            capability="see_lifetime",
            order=28,
        ),
    )
