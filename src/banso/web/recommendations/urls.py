"""The addresses of recommendations."""

from django.urls import path

from banso.web.recommendations import views

app_name = "recommendations"
urlpatterns = [
    path("recommendations/", views.page, name="page"),
    path("recommendations/export", views.export, name="export"),
]
