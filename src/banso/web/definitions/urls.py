"""The addresses of the definitions."""

from django.urls import path

from banso.web.definitions import views

app_name = "definitions"
urlpatterns = [
    path("definitions/", views.health, name="health"),
    path("definitions/health/<slug:key>/", views.model, name="model"),
    path("definitions/metrics/", views.metrics, name="metrics"),
    path("definitions/metrics/<slug:key>/", views.metric, name="metric"),
    path("definitions/plays/", views.plays, name="plays"),
    path("definitions/versions/", views.versions, name="versions"),
    path("definitions/versions/<slug:digest>/", views.version, name="version"),
]
