"""The address of the audit."""

from django.urls import path

from banso.web.audit import views

app_name = "audit"
urlpatterns = [path("audit/", views.entries, name="entries")]
