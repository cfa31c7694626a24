"""The addresses of SCIM."""

from django.urls import path, re_path

from banso.web.scim import views

app_name = "scim"
urlpatterns = [
    path("scim/v2/Users", views.users),
    path("scim/v2/Users/<str:key>", views.user),
    path("scim/v2/Groups", views.groups),
    path("scim/v2/Groups/<str:key>", views.group),
    path("scim/v2/ServiceProviderConfig", views.config),
    path("scim/v2/ResourceTypes", views.resource_types),
    path("scim/v2/ResourceTypes/<str:key>", views.resource_types),
    path("scim/v2/Schemas", views.schemas),
    path("scim/v2/Schemas/<str:key>", views.schemas),
    re_path("^scim/v2(?:/.*)?$", views.nothing),
]
