"""The address of the overview; ``/`` leads to it."""

from django.urls import path

from banso.web.overview import views

app_name = "overview"
urlpatterns = [path("overview/", views.page, name="page")]
