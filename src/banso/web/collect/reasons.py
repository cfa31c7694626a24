"""Why calls were refused, in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "malformed": _(
            "It cannot be read: a field has a wrong type, or it is no JSON."
        ),
        "too_large": _("It is larger than 32 KB."),
        "type_unknown": _(
            "Its type is none of track, identify, group, page, screen and alias."
        ),
        "id_missing": _("An id is missing: of the user, the group, or the id before."),
        "id_too_long": _("An id has more than 256 characters."),
        "name_too_long": _("The name of the event has more than 256 characters."),
        "event_missing": _("A track call names no event."),
        "timestamp_invalid": _("Its timestamp is no moment in ISO 8601."),
    }
)


# of these the endpoint's own words say more: which field, which value
_DETAILED: Final = frozenset({"malformed", "timestamp_invalid"})


def said(code: str, words: str) -> tuple[str, str]:
    """Return a reason in the reader's language, and what the endpoint said beyond."""
    return str(REASONS.get(code, code)), words if code in _DETAILED else ""
