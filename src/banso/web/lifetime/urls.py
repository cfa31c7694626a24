"""The addresses of lifetime value."""

from django.urls import path

from banso.web.lifetime import views

app_name = "lifetime"
urlpatterns = [
    path("lifetime/", views.page, name="page"),
    path("lifetime/export", views.export, name="export"),
]
