"""The addresses of revenue."""

from django.urls import path

from banso.web.revenue import views

app_name = "revenue"
urlpatterns = [
    path("revenue/", views.page, name="page"),
    path("revenue/retention/", views.retention, name="retention"),
    path("revenue/retention/<slug:key>/", views.variant, name="variant"),
    path("revenue/reconciliation/", views.reconciliation, name="reconciliation"),
    path(
        "revenue/reconciliation/rows/",
        views.reconciliation_rows,
        name="reconciliation_rows",
    ),
    path(
        "revenue/reconciliation/rows/export",
        views.export_reconciliation,
        name="export_reconciliation",
    ),
    path("revenue/lines/", views.lines, name="lines"),
    path("revenue/lines/export", views.export, name="export"),
]
