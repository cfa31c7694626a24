"""The shared frame as a Django application: templates, tags and static files."""

from django.apps import AppConfig


class WebkitConfig(AppConfig):
    """Makes templates, tags and static files of the frame known to Django."""

    name = "banso.webkit"
    label = "webkit"
