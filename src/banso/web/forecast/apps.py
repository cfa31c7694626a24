"""What the frame shows of the forecast."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class ForecastFeature(Feature):
    """Chances of leaving, and the model behind them."""

    name = "banso.web.forecast"
    label = "forecast"
    navigation: ClassVar = (
        NavEntry(
            title=_("Forecast"),
            url_name="forecast:card",
            icon="telescope",
            capability="see_definitions",
            order=40,
        ),
    )
