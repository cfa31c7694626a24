"""The address of the success funnel."""

from django.urls import path

from banso.web.success import views

app_name = "success"
urlpatterns = [path("success/", views.funnel, name="funnel")]
