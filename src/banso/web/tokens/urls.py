"""Addresses of tokens."""

from django.urls import path

from banso.web.tokens import views

app_name = "tokens"
urlpatterns = [
    path("settings/tokens/", views.own, name="own"),
    path("settings/tokens/new", views.new, name="new"),
    path("tokens/", views.every, name="all"),
    path("tokens/<int:token_id>/revocation", views.revocation, name="revoke"),
]
