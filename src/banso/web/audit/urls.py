"""The addresses of the audit."""

from django.urls import path

from banso.web.audit import views

app_name = "audit"
urlpatterns = [
    path("audit/", views.entries, name="entries"),
    path("audit/reads/", views.reads, name="reads"),
    path("audit/reads/export", views.export_reads, name="export_reads"),
]
