"""The addresses of today, plays, tasks and hand-overs."""

from django.urls import path, register_converter

from banso.web.work import play_views, views
from banso.webkit.addresses import KeyConverter

register_converter(KeyConverter, "work_customer")

app_name = "work"
_ITEM = "today/<int:item_id>"
_PLAY = "plays/<int:play_id>"
_HAND_OVER = "plays/hand-overs/<int:hand_over_id>"
urlpatterns = [
    path("today/", views.page, name="today"),
    path(f"{_ITEM}/", views.item, name="item"),
    path(f"{_ITEM}/play/", views.play, name="start"),
    path(f"{_ITEM}/delegation/", views.delegation, name="delegate"),
    path(f"{_ITEM}/snooze/", views.snooze, name="snooze"),
    path(f"{_ITEM}/dismissal/", views.dismissal, name="dismiss"),
    path(f"{_ITEM}/opening/", views.opening, name="reopen"),
    path("plays/", play_views.plays, name="plays"),
    path(f"{_PLAY}/", play_views.play, name="play"),
    path(f"{_PLAY}/result/", play_views.result, name="finish"),
    path(f"{_PLAY}/stop/", play_views.stop, name="stop"),
    path("plays/tasks/<int:task_id>/", play_views.task, name="task"),
    path("plays/tasks/<int:task_id>/result/", play_views.step, name="step"),
    path(
        "plays/new-task/<work_customer:customer_id>/",
        play_views.new_task,
        name="new_task",
    ),
    path("plays/hand-over/", play_views.hand_over, name="hand_over"),
    path(f"{_HAND_OVER}/", play_views.brief, name="brief"),
    path(f"{_HAND_OVER}/end/", play_views.standing_end, name="end_standing"),
]
