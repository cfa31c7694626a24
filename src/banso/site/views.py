"""The addresses that belong to no feature."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.pointer import LakeDamaged
from banso.web.customers import queries as customers
from banso.web.jobs import queries as jobs
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


@require_safe
@login_not_required
def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer whether requests can be answered: 503 without database or lake.

    ``degraded``: pages come, but no worker was seen of late.
    """
    checks: dict[str, object] = {}
    is_ready = True
    try:
        release = customers.published_release()
        checks |= {"database": "ok", "release": release.release_id if release else None}
        checks["workers"] = len(jobs.live_workers(at=timezone.now()))  # noqa: TID251
    except DatabaseError:
        is_ready, checks["database"] = False, "failed"
    folder = settings.BANSO_PROJECT_FOLDER
    if folder is not None:
        try:
            checks["lake"] = lake_of(Project.open(folder)).current().version
        except (LakeDamaged, OSError):
            is_ready, checks["lake"] = False, "failed"
    status = "ok" if checks.get("workers") else "degraded"
    answer = {"status": status if is_ready else "failed", **checks}
    return JsonResponse(answer, status=200 if is_ready else 503)
