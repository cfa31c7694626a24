"""Definitions as plain values, for programs."""

from dataclasses import dataclass

from django.http import Http404

from banso.definitions.describing import describe_metric
from banso.web.definitions.force import InForce, here


@dataclass(frozen=True)
class MetricRecord:
    """A metric in words."""

    key: str
    label: str
    about: str
    how: str
    unit: str
    is_on: bool


def list_metrics() -> list[MetricRecord]:
    """Return the metrics of the definitions in force, by key."""
    in_force = InForce.now()
    known = in_force.metric_by_key
    return [
        MetricRecord(
            key=key,
            label=here(known[key].label.label),
            about=here(about.label) if (about := known[key].about) else "",
            how=here(describe_metric(known[key], known)),
            unit=str(known[key].unit),
            is_on=key not in in_force.off,
        )
        for key in sorted(known)
    ]


def digest_in_force() -> str:
    """Return the digest of the definitions in force; 404: none were published."""
    published = InForce.now().published
    if published is None:
        raise Http404
    return published.version.digest
