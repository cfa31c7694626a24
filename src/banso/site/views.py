"""The two addresses that belong to no feature."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from banso.webkit.navigation import nav_links


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first page that the user may see."""
    links = nav_links(request)
    return redirect(links[0].url if links else "accounts:settings")


@require_safe
@login_not_required
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer whether the process runs and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
