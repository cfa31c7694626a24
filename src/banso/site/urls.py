"""All addresses: the frame's own, then those of each feature."""

from django.urls import include, path

from banso.site import metrics, views
from banso.site.api import api_urls
from banso.site.discovery import names_with

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", metrics.show, name="metrics"),
    path("api/v1/", include((api_urls(), "api"))),
    path("", include("banso.site.sign_in_urls")),
    *(path("", include(f"{name}.urls")) for name in names_with("urls")),
]

handler400 = "banso.site.errors.bad_request"
handler403 = "banso.site.errors.forbidden"
handler404 = "banso.site.errors.not_found"
handler429 = "banso.site.errors.too_many_requests"  # allauth's
handler500 = "banso.site.errors.server_error"
