"""Addresses of the list of customers.

None lies below ``customers/``: that is where each customer has its page.
"""

from django.urls import path

from banso.web.customers import views

app_name = "customers"
urlpatterns = [
    path("customers/", views.customer_list, name="list"),
    path("customers.csv", views.customer_csv, name="csv"),
    path("customer-views/", views.new_view, name="new_view"),
    path("customer-views/<int:view_id>", views.edit_view, name="edit_view"),
    path("customer-views/<int:view_id>/deletion", views.delete_view, name="delete"),
    path("customer-views/default", views.default_view, name="default_view"),
]
