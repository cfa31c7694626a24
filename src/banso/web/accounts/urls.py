"""Addresses of sign-in, settings and user administration."""

from django.urls import path

from banso.web.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("display", views.display, name="display"),
    path("settings", views.my_settings, name="settings"),
    path("settings/password", views.my_password, name="password"),
    path("settings/sessions", views.my_sessions, name="sessions"),
    path("users/", views.users, name="users"),
    path("users/new", views.new_user, name="new_user"),
    path("users/<int:user_id>", views.edit_user, name="edit_user"),
    path("users/<int:user_id>/activity", views.activity, name="activity"),
    path("users/<int:user_id>/factors", views.factors, name="factors"),
]
