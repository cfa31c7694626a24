"""The options of a choice among many, without a template for each of them."""

from collections.abc import Iterable

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

_CHOSEN = SafeString(" selected")


def options_html(options: Iterable[tuple[str, str]], chosen: str | None) -> SafeString:
    """Return the options of a select; 400 owners in a template take as long as a page.

    Parameters
    ----------
    options
        Value and text of each, as it is to be read.
    chosen
        The value that is selected; None: none is.

    """
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, _CHOSEN if value == chosen else "", text) for value, text in options),
    )
