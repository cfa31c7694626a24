"""The address of the model card."""

from django.urls import path

from banso.web.forecast import views

app_name = "forecast"
urlpatterns = [path("forecast/", views.card, name="card")]
