"""The addresses of revenue."""

from django.urls import path

from banso.web.revenue import views

app_name = "revenue"
urlpatterns = [
    path("revenue/", views.page, name="page"),
    path("revenue/lines/", views.lines, name="lines"),
    path("revenue/lines/export", views.export, name="export"),
]
