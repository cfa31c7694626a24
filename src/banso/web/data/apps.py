"""What the frame shows of the data."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class DataFeature(Feature):
    """Tables, quarantine and the history of the lake."""

    name = "banso.web.data"
    label = "data"
    navigation: ClassVar = (
        NavEntry(
            title=_("Data"),
            url_name="data:tables",
            icon="database",
            capability="see_data",
            order=50,
        ),
    )
    actions: ClassVar = {"quarantine_exported": _("Exported rows of the quarantine.")}
