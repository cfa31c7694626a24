"""What reading a source refused or remarked, in the language of the page."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from banso.runs.source_states import Told

_SENTENCES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        "secret_missing": _("The secret in %(place)s is missing."),
        "driver_missing": _("The driver for %(kind)s is not installed (%(extra)s)."),
        "source_unreachable": _("%(source)s does not answer: %(cause)s"),
        "source_table_missing": _(
            "%(source)s has no table %(table)s that its user may read."
        ),
        "source_column_missing": _("%(table)s has no column %(column)s."),
        "source_columns_missing": _("%(table)s needs the columns %(missing)s."),
        "cursor_unusable": _(
            "The cursor %(column)s of %(table)s cannot be used (%(kind)s)."
        ),
        "source_failed": _("Reading %(table)s broke off: %(cause)s"),
        "source_column_new": _(
            "New column %(column)s. Rows that were read before lack it until all are "
            "read again (--full)."
        ),
        "source_column_gone": _("The column %(column)s is gone."),
        "source_column_changed": _(
            "The column %(column)s was %(before)s and is %(now)s."
        ),
        "source_shrunk": _(
            "%(left)s of %(before)s rows are gone at the source. None was withdrawn; "
            "if that is right, read it with --full."
        ),
    }
)


def in_words(told: Told) -> str:
    """Return it in the reader's language; in English when nobody worded it."""
    sentence = _SENTENCES.get(told.code)
    return told.message if sentence is None else str(sentence) % dict(told.facts)
