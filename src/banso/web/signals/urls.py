"""The addresses of signals."""

from django.urls import path

from banso.web.signals import views

app_name = "signals"
urlpatterns = [
    path("signals/", views.list_signals, name="list"),
    path("signals/drafts/trial/", views.try_drafts, name="trial"),
    path("signals/<slug:key>/", views.signal, name="signal"),
]
