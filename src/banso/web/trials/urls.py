"""The addresses of trials."""

from django.urls import path

from banso.web.trials import views

app_name = "trials"
urlpatterns = [
    path("trials/", views.list_trials, name="list"),
    path("trials/new/", views.new, name="new"),
    path("trials/decisions/", views.decide, name="decide"),
    path("trials/always-act/<path:customer_id>/mark/", views.mark, name="mark"),
    path("trials/always-act/<path:customer_id>/unmark/", views.unmark, name="unmark"),
    path("trials/always-act/<path:customer_id>/", views.always_act, name="always_act"),
    path("trials/<str:trial_id>/", views.trial, name="trial"),
    path("trials/<str:trial_id>/stop/", views.stop, name="stop"),
    path("trials/<str:trial_id>/customers.csv", views.customers_csv, name="csv"),
]
