"""The addresses of the Health studio."""

from django.urls import path

from banso.web.studio import views

app_name = "studio"
_DRAFT = "studio/drafts/<int:draft_id>"
urlpatterns = [
    path("studio/", views.accuracy, name="accuracy"),
    path("studio/weights/", views.weights, name="weights"),
    path("studio/weights/<slug:model>/draft", views.new_draft, name="new_draft"),
    path(f"{_DRAFT}/", views.draft, name="draft"),
    path(f"{_DRAFT}/computation", views.compute, name="compute"),
    path(f"{_DRAFT}/notes", views.add_note, name="add_note"),
    path(f"{_DRAFT}/acceptance", views.accept, name="accept"),
    path(f"{_DRAFT}/rejection", views.reject, name="reject"),
    path(f"{_DRAFT}/health.yaml", views.health_file, name="health_file"),
    path("studio/versions/<slug:digest>/restoration", views.restore, name="restore"),
]
