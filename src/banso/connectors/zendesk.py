"""Zendesk: organizations, end users and tickets, by its incremental exports."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType
from typing import Final

from banso.connectors.services import (
    FLAG,
    MOMENT,
    TEXT,
    Asked,
    Client,
    Json,
    Read,
    Resource,
    Row,
    Service,
)

_BEGINNING: Final = dt.datetime(2007, 1, 1, tzinfo=dt.UTC)  # Zendesk is younger
_MARGIN: Final = dt.timedelta(seconds=61)  # a start has to lie a minute back
_KINDS: Final = MappingProxyType(
    {"question": "question", "problem": "bug", "incident": "bug", "task": "other"}
)


def _organization(found: Json) -> Row:
    domains = found.get("domain_names")
    listed = domains if isinstance(domains, list) else []
    return {
        "customer_id": _text(found, "id"),
        "name": _text(found, "name"),
        "created_on": _moment(found, "created_at"),
        "domain": next((str(each) for each in listed), None),
    }


def _user(found: Json) -> Row:
    has_left = found.get("active") is False or found.get("suspended") is True
    return {
        "contact_id": _text(found, "id"),
        "customer_id": _text(found, "organization_id"),
        "name": _text(found, "name"),
        "email": _text(found, "email"),
        "locale": _text(found, "locale"),
        "created_on": _moment(found, "created_at"),
        "left_on": _moment(found, "updated_at") if has_left else None,
    }


def _ticket(found: Json) -> Row:
    metrics = found.get("metric_set")
    is_solved = found.get("status") in ("solved", "closed")
    solved = _moment(metrics, "solved_at") if isinstance(metrics, dict) else None
    said = (_text(found, "subject"), _text(found, "description"))
    return {
        "ticket_id": _text(found, "id"),
        "customer_id": _text(found, "organization_id"),
        "contact_id": _text(found, "requester_id"),
        "opened_at": _moment(found, "created_at"),
        "closed_at": solved if is_solved else None,
        "kind": _KINDS.get(str(found.get("type"))),
        "priority": _text(found, "priority"),
        "text": "\n".join(filter(None, said)) or None,
        "status": _text(found, "status"),
        "is_deleted": found.get("status") == "deleted",
    }


def _reading(
    name: str,
    row: Callable[[Json], Row],
    *,
    wanted: Callable[[Json], bool] = lambda _: True,
    **more: object,
) -> Read:
    """Return what reads one export by its cursor, the one that changed first first."""

    def read(client: Client, asked: Asked) -> Iterator[Sequence[Row]]:
        path = f"/api/v2/incremental/{name}/cursor.json"
        given: dict[str, object] = {"start_time": _start(asked), **more}
        while True:
            answer = client.get(path, **given)
            yield [
                _stamped(each, row) for each in _listed(answer, name) if wanted(each)
            ]
            after = answer.get("after_cursor")
            if answer.get("end_of_stream") or not after:
                return
            given = {"cursor": after, **more}

    return read


def _organizations(client: Client, asked: Asked) -> Iterator[Sequence[Row]]:
    """Yield organizations, whose export goes on by time instead of by cursor."""
    start = _start(asked)
    while True:
        path = "/api/v2/incremental/organizations.json"
        answer = client.get(path, start_time=start)
        yield [
            _stamped(each, _organization)
            for each in _listed(answer, "organizations")
            if not each.get("deleted_at")
        ]
        end = answer.get("end_time")
        if answer.get("end_of_stream") or not isinstance(end, int) or end <= start:
            return
        start = end


def _start(asked: Asked) -> int:
    since = asked.since or _BEGINNING
    return int(min(since, asked.at - _MARGIN).timestamp())


def _stamped(found: Json, row: Callable[[Json], Row]) -> Row:
    return {**row(found), "updated_at": _moment(found, "updated_at")}


def _listed(answer: Json, name: str) -> list[Json]:
    found = answer.get(name)
    listed = found if isinstance(found, list) else []
    return [each for each in listed if isinstance(each, dict)]


def _text(found: Json, name: str) -> str | None:
    value = found.get(name)
    return str(value) if value not in (None, "") else None


def _moment(found: Json, name: str) -> dt.datetime | None:
    value = found.get(name)
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else None


ZENDESK: Final = Service(
    url="https://{subdomain}.zendesk.com",
    setting="access_token",
    resources=MappingProxyType(
        {
            "organizations": Resource(
                "customers",
                {
                    "customer_id": TEXT,
                    "name": TEXT,
                    "created_on": MOMENT,
                    "domain": TEXT,
                    "updated_at": MOMENT,
                },
                _organizations,
            ),
            "users": Resource(
                "contacts",
                {
                    **dict.fromkeys(
                        ("contact_id", "customer_id", "name", "email", "locale"), TEXT
                    ),
                    "created_on": MOMENT,
                    "left_on": MOMENT,
                    "updated_at": MOMENT,
                },
                _reading("users", _user, wanted=lambda u: u.get("role") == "end-user"),
            ),
            "tickets": Resource(
                "tickets",
                {
                    **dict.fromkeys(("ticket_id", "customer_id", "contact_id"), TEXT),
                    "opened_at": MOMENT,
                    "closed_at": MOMENT,
                    **dict.fromkeys(("kind", "priority", "text", "status"), TEXT),
                    "is_deleted": FLAG,
                    "updated_at": MOMENT,
                },
                _reading("tickets", _ticket, include="metric_sets"),
                deleted="is_deleted",
            ),
        }
    ),
)
