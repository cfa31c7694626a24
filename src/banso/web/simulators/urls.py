"""The addresses of the simulators."""

from django.urls import path

from banso.web.simulators import views

app_name = "simulators"
urlpatterns = [
    path("simulators/fish/", views.fish, name="fish"),
    path("simulators/growth/", views.growth, name="growth"),
    path("simulators/pricing/", views.pricing, name="pricing"),
    path("simulators/<slug:kind>/scenarios", views.save, name="save"),
    path(
        "simulators/scenarios/<int:scenario_id>/deletion", views.delete, name="delete"
    ),
]
