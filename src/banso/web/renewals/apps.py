"""What the frame shows of renewals."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class RenewalsFeature(Feature):
    """The renewal desk."""

    name = "banso.web.renewals"
    label = "renewals"
    navigation: ClassVar = (
        NavEntry(
            title=_("Renewal desk"),
            url_name="renewals:desk",
            icon="calendar-check",
            capability="see_revenue",
            order=32,
        ),
    )
