"""The addresses of the measures of the team."""

from django.urls import path

from banso.web.team import views

app_name = "team"
urlpatterns = [path("team/", views.page, name="page")]
