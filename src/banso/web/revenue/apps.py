"""What the frame shows of revenue."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class RevenueFeature(Feature):
    """MRR movements and the lines behind them."""

    name = "banso.web.revenue"
    label = "revenue"
    navigation: ClassVar = (
        NavEntry(
            title=_("Revenue"),
            url_name="revenue:page",
            icon="chart-no-axes-combined",
            capability="see_revenue",
            order=30,
        ),
    )
