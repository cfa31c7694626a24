"""How the site does, in numbers that Prometheus reads."""

import datetime as dt
import hmac
import ipaddress
import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from banso.runs.collecting import collect_state
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.site.serving import COUNTS
from banso.web.customers import queries as customers
from banso.web.jobs import operations as job_operations
from banso.web.jobs import queries as jobs

TOKEN: Final = "BANSO_METRICS_TOKEN"  # noqa: S105 - the name of a variable
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_registry = CollectorRegistry()
_requests = Counter(
    "banso_http_requests_total",
    "Requests answered.",
    ["method", "route", "status"],
    registry=_registry,
)
_took = Histogram(
    "banso_http_request_seconds",
    "Time to the answer.",
    ["route"],
    buckets=_SECONDS,
    registry=_registry,
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    _requests.labels(method, route, f"{status // 100}xx").inc()
    _took.labels(route).observe(seconds)


@require_safe
@login_not_required
def show(request: HttpRequest) -> HttpResponse:
    """Answer with all numbers, to this machine or to who has the token."""
    if not _may_read(request):
        return HttpResponse("Not from here.\n", status=403, content_type="text/plain")
    registry = CollectorRegistry() if os.environ.get(COUNTS) else _registry
    if os.environ.get(COUNTS):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    state = CollectorRegistry()
    folder = settings.BANSO_PROJECT_FOLDER
    if folder is not None:
        state.register(_State(Project.open(folder), timezone.now()))  # noqa: TID251
    content = generate_latest(registry) + generate_latest(state)
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = os.environ.get(TOKEN, "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    # behind a proxy everybody seems to come from this machine
    forwarded = {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & request.headers.keys()
    if settings.BANSO_BEHIND_PROXY or forwarded:
        return False
    return _is_loopback(str(request.META.get("REMOTE_ADDR", "")))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class _State(Collector):
    """Numbers that are in the app database, the lake and the log of events."""

    def __init__(self, project: Project, at: dt.datetime) -> None:
        self._project = project
        self._at = at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each number."""
        yield from self._of_jobs()
        yield from self._of_releases()
        yield from self._of_live_events()

    def _of_jobs(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily("banso_jobs", "Jobs, by state.", labels=["state"])
        for state, count in asdict(jobs.counts()).items():
            family.add_metric([state], count)
        yield family
        oldest = jobs.oldest_due(at=self._at)
        late = (self._at - oldest).total_seconds() if oldest else 0.0
        yield _gauge("banso_jobs_late_seconds", "How long the next job waits.", late)
        alive = len(jobs.live_workers(at=self._at))
        yield _gauge("banso_workers", "Workers seen within 45 s.", alive)
        last = job_operations.memory_of("running.refresh").get("seconds")
        if isinstance(last, (int, float)):
            yield _gauge("banso_live_run_seconds", "The last live run.", last)

    def _of_releases(self) -> Iterator[GaugeMetricFamily]:
        version = lake_of(self._project).current().version
        yield _gauge("banso_lake_version", "The version of the lake.", version)
        release = customers.published_release()
        if release is not None:
            age = (self._at - release.made_at).total_seconds()
            yield _gauge("banso_release_age_seconds", "Age of the release.", age)

    def _of_live_events(self) -> Iterator[GaugeMetricFamily]:
        state = collect_state(self._project)
        oldest = state.oldest
        lag = (self._at - oldest).total_seconds() if oldest else 0.0
        yield _gauge(
            "banso_collect_log_bytes", "Events not yet in the lake.", state.size
        )
        yield _gauge("banso_collect_lag_seconds", "Age of the oldest of them.", lag)
        yield _gauge(
            "banso_collect_waiting_events",
            "Events of unknown customers.",
            state.waiting,
        )


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
