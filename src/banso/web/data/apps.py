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
    actions: ClassVar = {
        "quarantine_exported": _("Exported rows of the quarantine."),
        "table_exported": _("Exported rows of the table %(subject)s."),
        "rows_loaded": _(
            "Loaded %(rows_read)s rows into the table %(subject)s: %(new)s new, "
            "%(changed)s changed, %(quarantined)s in quarantine."
        ),
    }
    refusals: ClassVar = {
        "no_as_of": _("The table %(name)s has no as-of date."),
        "columns_missing": _("Rows of %(table)s need: %(missing)s."),
        "lake_busy": _("Another process is loading or computing. Try again soon."),
        "no_such_table": _("No table %(table)s has rows."),
    }
