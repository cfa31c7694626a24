"""The addresses of one customer's pages."""

from django.urls import path, register_converter

from banso.web.customer import addresses, views
from banso.webkit.addresses import KeyConverter

register_converter(KeyConverter, "customer_key")

app_name = "customer"
_AT = "customers/<customer_key:customer_id>/"
_ELEMENT = f"{_AT}elements/<slug:dimension>/<slug:element>/"
urlpatterns = [
    path(_AT, views.page, name="page"),
    path(f"{_AT}metrics/", views.metrics, name="metrics"),
    path(f"{_AT}metrics/<slug:metric>/", views.metric, name="metric"),
    path(f"{_AT}metrics/<slug:metric>/rows.csv", views.rows, name="rows"),
    path(_ELEMENT, views.element, name="element"),
    path(f"{_AT}contracts/", views.contracts, name="contracts"),
    path(f"{_AT}contacts/", views.contacts, name="contacts"),
    path(f"{_AT}brief/", views.brief, name="brief"),
    path(f"{_AT}timeline/", views.timeline, name="timeline"),
]
for _pattern in urlpatterns:
    _pattern.callback = addresses.following_merges(_pattern.callback)
