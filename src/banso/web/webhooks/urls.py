"""Addresses of webhooks."""

from django.urls import path

from banso.web.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("webhooks/", views.every, name="all"),
    path("webhooks/<int:endpoint_id>", views.one, name="one"),
    path("webhooks/<int:endpoint_id>/secret", views.secret, name="secret"),
    path("webhooks/<int:endpoint_id>/change", views.change, name="change"),
    path(
        "webhooks/<int:endpoint_id>/<int:delivery_id>/replay",
        views.replay,
        name="replay",
    ),
]
