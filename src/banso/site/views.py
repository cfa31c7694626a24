"""The two addresses that belong to no feature."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from banso.webkit.navigation import nav_links


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to where the user's role begins the day, else to the first other page."""
    links = nav_links(request)
    role = getattr(request.user, "role", "")
    own = [link for link in links if role in link.entry.home_of]
    others = [link for link in links if not link.entry.home_of]
    begin = [*own, *others]
    return redirect(begin[0].url if begin else "accounts:settings")


@require_safe
@login_not_required
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer whether the process runs and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
