"""The bands of health as people read them: a colour, an icon and a word."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Text


@dataclass(frozen=True)
class Band:
    """One band; its colour is the CSS class ``band-<key>``."""

    key: str
    label: Text
    icon: str


BANDS: Final[tuple[Band, ...]] = (
    Band("healthy", _("Healthy"), "circle-check"),
    Band("watch", _("Watch"), "triangle-alert"),
    Band("at_risk", _("At risk"), "octagon-alert"),
    Band("unknown", _("Not enough data"), "circle-dashed"),
)
_BY_KEY: Final = {band.key: band for band in BANDS}


def band_of(key: str | None) -> Band:
    """Return the band of a key; anything else is unknown."""
    return _BY_KEY.get(key or "unknown", _BY_KEY["unknown"])
