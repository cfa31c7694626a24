"""The addresses of the drivers."""

from django.urls import path

from banso.web.drivers import views

app_name = "drivers"
urlpatterns = [
    path("drivers/", views.page, name="page"),
    path("drivers/export", views.export, name="export"),
    path("drivers/questions/<slug:key>/", views.question, name="question"),
]
