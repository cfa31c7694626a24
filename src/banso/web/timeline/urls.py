"""The addresses of entries."""

from django.urls import path, register_converter

from banso.web.timeline import views
from banso.webkit.addresses import KeyConverter

register_converter(KeyConverter, "timeline_customer")

app_name = "timeline"
_FILE = "attachments/<int:attachment_id>"
urlpatterns = [
    path("activity/", views.list_entries, name="list"),
    path("activity/count", views.count_mentions, name="count_mentions"),
    path("activity/reading", views.read_mentions, name="read_mentions"),
    path("answers/<timeline_customer:customer_id>/", views.settle, name="settle"),
    path("entries/", views.record, name="record"),
    path("entries/<int:entry_id>/", views.change, name="change"),
    path("entries/<int:entry_id>/holding", views.hold, name="hold"),
    path("entries/<int:entry_id>/deletion", views.delete, name="delete"),
    path(f"{_FILE}/", views.attachment, name="attachment"),
    path(f"{_FILE}/removal", views.remove_attachment, name="remove_attachment"),
]
