"""What every template knows: the navigation, the company, the display."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest

from banso.webkit.navigation import nav_links
from banso.webkit.requests import LANGUAGES, THEMES


def frame(request: HttpRequest) -> Mapping[str, object]:
    """Return the variables of the base template."""
    links = nav_links(request)
    return {
        "nav_work": [link for link in links if link.entry.section == "work"],
        "nav_administration": [
            link for link in links if link.entry.section == "administration"
        ],
        "company_name": settings.BANSO_COMPANY_NAME,
        "company_currency": settings.BANSO_CURRENCY,
        "theme": getattr(request, "theme", "auto"),
        "themes": THEMES,
        "languages": LANGUAGES,
    }
