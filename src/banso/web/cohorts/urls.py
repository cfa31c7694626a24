"""The addresses of cohorts."""

from django.urls import path

from banso.web.cohorts import views

app_name = "cohorts"
urlpatterns = [
    path("cohorts/", views.page, name="page"),
    path("cohorts/customers", views.customers, name="customers"),
    path("cohorts/export", views.export, name="export"),
]
