"""The addresses of matching."""

from django.urls import path

from banso.web.matching import views

app_name = "matching"
urlpatterns = [
    path("matching/", views.pairs, name="pairs"),
    path("matching/decided", views.decided, name="decided"),
    path("matching/<int:pair_id>/same", views.accept, name="accept"),
    path("matching/<int:pair_id>/different", views.refuse, name="refuse"),
    path("matching/<int:pair_id>/undo", views.undo, name="undo"),
]
