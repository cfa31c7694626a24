"""What the frame shows of the page of one customer."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature


class CustomerFeature(Feature):
    """The pages of one customer; the list leads there."""

    name = "banso.web.customer"
    label = "customer"
    refusals: ClassVar = {
        "release_gone": _(
            "These results are no longer kept. Wait for the next run, or start one."
        ),
    }
