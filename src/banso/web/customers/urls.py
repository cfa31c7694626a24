"""Addresses of the list of customers.

None lies below ``customers/``: that is where each customer has its page.
"""

from django.urls import path, register_converter

from banso.web.customers import views
from banso.webkit.addresses import KeyConverter

app_name = "customers"
register_converter(KeyConverter, "merged_customer")

urlpatterns = [
    path("customers/", views.customer_list, name="list"),
    path("newer-release", views.newer, name="newer"),
    path("customers.csv", views.customer_csv, name="csv"),
    path("customer-views/", views.new_view, name="new_view"),
    path("customer-views/<int:view_id>", views.edit_view, name="edit_view"),
    path("customer-views/<int:view_id>/deletion", views.delete_view, name="delete"),
    path("customer-mergers/<merged_customer:customer_id>/", views.merger, name="merge"),
    path("customer-views/default", views.default_view, name="default_view"),
]
