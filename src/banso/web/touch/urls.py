"""The addresses of touch models."""

from django.urls import path

from banso.web.touch import views

app_name = "touch"
urlpatterns = [
    path("touch/", views.page, name="page"),
    path("touch/acceptances/", views.accept, name="accept"),
    path("touch/owners/", views.owners, name="owners"),
    path("touch/capacity/", views.capacity, name="capacity"),
    path("touch/assignments/", views.assignments, name="assignments"),
    path("touch/assignments/<int:assignment_id>/end/", views.end, name="end"),
    path("touch/export.csv", views.export, name="export"),
    path("touch/override/<path:customer_id>/", views.override, name="override"),
]
