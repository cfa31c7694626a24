"""The WSGI application: static files first, then Django."""

import os
from wsgiref.headers import Headers

from django.contrib.staticfiles import finders
from django.core.wsgi import get_wsgi_application
from servestatic import ServeStatic

from banso.kernel.errors import BansoError
from banso.site.configuration import PROJECT
from banso.site.webserver import PARENT, die_with_parent

YEAR = 365 * 24 * 3600


class NoProjectNamed(BansoError):
    """Refuse to serve when the environment names no project."""

    code = "no_project_named"


def make_application() -> ServeStatic:
    """Return the application of the project that BANSO_PROJECT names.

    Raises
    ------
    NoProjectNamed
        The environment names none.

    """
    if not os.environ.get(PROJECT):
        raise NoProjectNamed(
            f"{PROJECT} is not set.",
            hint=f"Set {PROJECT} to the project's folder, or use 'banso serve'.",
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.site.settings")
    served = ServeStatic(
        get_wsgi_application(),
        max_age=YEAR,  # an address changes with its content
        allow_all_origins=False,
        add_headers_function=_guard,
    )
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            served.add_file_to_dictionary(f"/static/{path}", storage.path(path))
    return served


def _guard(headers: Headers, _path: str, _url: str) -> None:
    """Let no browser take a file for what it is not, nor another site include it."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


if os.environ.get(PARENT):  # a worker of `banso serve` ends with its server
    die_with_parent()
application = make_application()
