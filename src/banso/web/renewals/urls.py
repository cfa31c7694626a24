"""The addresses of the renewal desk."""

from django.urls import path

from banso.web.renewals import views

app_name = "renewals"
urlpatterns = [
    path("renewals/", views.desk, name="desk"),
    path("renewals/export", views.export, name="export"),
]
