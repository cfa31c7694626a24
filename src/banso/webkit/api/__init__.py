"""What the routers of all features share: problems, pages, figures."""

from django.urls import register_converter

from banso.webkit.addresses import KeyConverter

register_converter(KeyConverter, "key")  # ``{key:customer_id}`` in a path
