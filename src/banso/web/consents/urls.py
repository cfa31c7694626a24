"""The addresses of what a person allows."""

from django.urls import path, register_converter

from banso.web.consents import views
from banso.webkit.addresses import KeyConverter

register_converter(KeyConverter, "consent_key")

app_name = "consents"
_AT = "customers/<consent_key:customer_id>/contacts/<consent_key:contact_id>/consents/"
urlpatterns = [
    path(_AT, views.page, name="page"),
    path(f"{_AT}decisions/", views.record, name="record"),
]
