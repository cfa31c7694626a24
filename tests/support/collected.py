"""Calls as clients send them, written into the log of a project without a server."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

from banso.collect.log import LogWriter
from banso.collect.messages import kept
from banso.runs.project import Project

RECEIVED = 1_795_000_000_000_000  # 2026-11-18T11:06:40Z

Call = Mapping[str, Any]
_numbers = itertools.count(1)


def track(user: str, event: str = "opened", **given: Any) -> Call:
    return {
        "type": "track",
        "messageId": f"m{next(_numbers)}",
        "userId": user,
        "event": event,
        "timestamp": "2026-11-18T09:00:00Z",
        **given,
    }


def group(customer: str, user: str | None = None, **given: Any) -> Call:
    call = {
        "type": "group",
        "messageId": f"m{next(_numbers)}",
        "groupId": customer,
        "timestamp": "2026-11-18T08:00:00Z",
        **given,
    }
    return call | ({"userId": user} if user else {})


def identify(user: str, **given: Any) -> Call:
    return {
        "type": "identify",
        "messageId": f"m{next(_numbers)}",
        "userId": user,
        "timestamp": "2026-11-18T08:00:00Z",
        **given,
    }


def record(
    *calls: Call,
    source: str = "app",
    received: int = RECEIVED,
    sent: str | None = None,
) -> bytes:
    """Return what the log keeps of one request."""
    return kept(
        [json.dumps(call).encode() for call in calls],
        source=source,
        received=received,
        sent=sent,
        kind=None,
    )


def collect(project: Project, *calls: Call, **given: Any) -> None:
    """Write calls into the log as one request, as a new process would."""
    log = LogWriter(project.collect_log, now=lambda: 1)
    log.append([record(*calls, **given)])
    log.close()
