"""What the frame shows of success."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class SuccessFeature(Feature):
    """The success funnel."""

    name = "banso.web.success"
    label = "success"
    navigation: ClassVar = (
        NavEntry(
            title=_("Success funnel"),
            url_name="success:funnel",
            icon="funnel",
            capability="see_success",
            order=25,
        ),
    )
