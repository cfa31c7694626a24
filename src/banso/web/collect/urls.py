"""The addresses of live events."""

from django.urls import path

from banso.web.collect import views

app_name = "collect"
urlpatterns = [
    path("collect/", views.sources, name="sources"),
    path("collect/new", views.new_source, name="new_source"),
    path("collect/keys/<int:key_id>/end", views.key_end, name="key_end"),
    path("collect/<slug:key>/", views.edit_source, name="edit_source"),
    path("collect/<slug:key>/key", views.new_key, name="new_key"),
]
