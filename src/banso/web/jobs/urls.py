"""Addresses of background work."""

from django.urls import path

from banso.web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.every, name="all"),
    path("jobs/<int:job_id>/attempt", views.attempt, name="retry"),
]
