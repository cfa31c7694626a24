"""The addresses of the data pages."""

from django.urls import path

from banso.web.data import views

app_name = "data"
urlpatterns = [
    path("data/", views.tables, name="tables"),
    path("data/history/", views.history, name="history"),
    path("data/quarantine/", views.quarantine, name="quarantine"),
    path("data/quarantine/export", views.export, name="export"),
    path("data/<slug:table>/", views.table, name="table"),
]
