"""Icons of the lucide set as inline SVG."""

from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from lucide import _render_icon as render_icon


@lru_cache(maxsize=512)
def icon(name: str, label: str = "", size: int = 16) -> SafeString:
    """Return an icon; without a label it is decoration and hidden from readers.

    Raises
    ------
    lucide.IconDoesNotExist
        The set has no icon of that name.

    """
    said = (
        {"role": "img", "aria-label": label}
        if label
        else {"aria-hidden": "true", "focusable": "false"}
    )
    svg = render_icon(name, size, **{"class": "icon", **said})
    return mark_safe(svg)  # noqa: S308 - made of the set's own files, attributes escaped


def band_icon(name: str, word: str, key: str) -> SafeString:
    """Return a band's badge: its icon and its word, coloured by its class."""
    return mark_safe(  # noqa: S308 - every part is escaped or made above
        f'<span class="badge band-{escape(key)}">{icon(name, size=14)}'
        f"<span>{escape(word)}</span></span>"
    )
