"""Every address × role × scope × token: what the table of capabilities says.

The routers are walked, not listed: an operation that is added is looked at by itself.
"""

import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given, seed, strategies
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import CHECKS, load_all_checks
from tests.web.conftest import add_user
from tests.web.customer.conftest import computed, project, published

from banso.site.api import make_api
from banso.web.accounts.models import User
from banso.web.tokens import operations
from banso.webkit.permissions import (
    CAPABILITIES,
    Role,
    Scope,
    demanded_by,
    granted_by,
)

__all__ = ["computed", "project", "published"]


@dataclass(frozen=True)
class Operation:
    """One operation of the API."""

    method: str
    path: str
    capabilities: tuple[str, ...]
    name: str


def operations_of_api() -> Iterator[Operation]:
    for router in make_api()._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield Operation(
                        method,
                        f"/api/v1/{path}",
                        demanded_by(operation.view_func),
                        operation.operation_id or "",
                    )


OPERATIONS = sorted(operations_of_api(), key=lambda each: (each.path, each.method))
PLACES = {
    "{key:customer_id}": "C1", "{key:contact_id}": "P1", "{metric}": "nothing",
    "{dimension}": "adoption", "{element}": "depth",
    "{signal}": "nothing", "{question}": "nothing", "{variant}": "nothing",
    "{table}": "customers", "{card_id}": "999999", "{play_id}": "999999",
    "{task_id}": "999999", "{digest}": "current", "{endpoint_id}": "999999",
    "{delivery_id}": "999999", "{entry_id}": "999999", "{attachment_id}": "999999",
    "{view_id}": "999999", "{hand_over_id}": "999999", "{job_id}": "999999",
    "{pair_id}": "999999", "{key:trial_id}": "nothing",
    "{assignment_id}": "999999", "{scenario_id}": "999999",
    "{draft_id}": "999999", "{source}": "nothing", "{key_id}": "999999",
    "{user_id}": "999999", "{token_id}": "999999",
}  # fmt: skip
SCOPES = (
    ("read",), ("write",), ("customers:read",), ("work:write",), ("data:write",),
    ("revenue:read",), ("definitions:read",), ("trials:read",),
    ("administration:write",),
)  # fmt: skip


def address(path: str) -> str:
    for place, value in PLACES.items():
        path = path.replace(place, value)
    assert "{" not in path, f"say in PLACES what to put into {path}"
    return path


def test_every_operation_demands_a_capability():
    assert len(OPERATIONS) > 35
    for operation in OPERATIONS:
        assert operation.capabilities, f"{operation.method} {operation.path}"
        if operation.method != "GET":
            asked = set(operation.capabilities)
            assert not asked <= granted_by(["read", "administration:read"])


@pytest.fixture
def everybody(db: None) -> dict[tuple[Role, Scope], User]:
    return {
        (role, scope): add_user(f"{role}{scope}", role, scope, "East")
        for role, scope in itertools.product(Role, Scope)
    }


def program(user: User, scopes: tuple[str, ...]) -> Client:
    made = operations.make_token(
        user=user, name="T", scopes=scopes, days=1, by=None, at=timezone.now()
    )
    return Client(
        headers={"host": "localhost", "authorization": f"Bearer {made.secret}"}
    )


def test_role_and_token_decide_before_anything_else(project, everybody, settings):
    settings.BANSO_API_REQUESTS_A_MINUTE = 100_000
    wrong = []
    for role, scopes in itertools.product(Role, SCOPES):
        client, granted = (
            program(everybody[role, Scope.TEAM], scopes),
            granted_by(scopes),
        )
        for each in OPERATIONS:
            has_role = all(role in CAPABILITIES[c] for c in each.capabilities)
            is_granted = set(each.capabilities) <= granted
            if has_role and is_granted and scopes != ("write",):
                continue  # looked at with the widest token
            answer = client.generic(
                each.method, address(each.path), b"{}", "application/json"
            )
            code = "" if has_role and is_granted else "role_forbids"
            code = "scope_missing" if has_role and not is_granted else code
            refused = _code(answer) in ("role_forbids", "scope_missing")
            if refused != bool(code) or answer.status_code >= 500:
                wrong.append((role, scopes, each, answer.status_code, _code(answer)))
    assert not wrong


def test_customer_out_of_scope_is_not_there(project, everybody, settings):
    settings.BANSO_API_REQUESTS_A_MINUTE = 100_000
    of_customers = [o for o in OPERATIONS if "customer_id}" in o.path]
    assert len(of_customers) >= 9
    for (role, scope), user in everybody.items():
        client = program(user, ("write",))
        for each in of_customers:
            if not all(role in CAPABILITIES[c] for c in each.capabilities):
                continue
            body = BODIES.get(each.path.rpartition("/")[2], {})
            answer = client.generic(
                each.method, address(each.path), json.dumps(body), "application/json"
            )
            if scope == Scope.ALL:
                # a metric that there is not is not there for anybody
                expected = 404 if "{metric}" in each.path else 200
                expected = ODD_ANSWERS.get(each.path.rpartition("/")[2], expected)
                assert answer.status_code == expected, each
            else:
                assert answer.status_code == 404, (role, scope, each)
                assert _code(answer) == "not_found"


# nobody is merged with themselves; a question that was settled has nothing to tell
ODD_ANSWERS = {"merger": 422, "settled-question": 204}
BODIES = {
    "tasks": {"title": "Call", "due_on": "2026-12-01"},
    "entries": {"kind": "note", "text": "Hello"},
    "merger": {"kept": "C1"},
    "always-act": {"why": "They asked for it."},
    "touch": {"touch": "high", "why": "They asked for it."},
    "consents": {"purpose": "news", "granted": True},
}


def _code(answer) -> str:
    if answer.get("Content-Type") != "application/problem+json":
        return ""
    return str(json.loads(answer.content)["code"])


@pytest.fixture
def read(project, cast):
    """Return a function: what an address says to Aoi."""
    client = program(cast.aoi, ("write",))

    def get(path: str, **asked: str):
        answer = client.get(f"/api/v1/{path}", asked)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return get


def test_parts_and_movement_add_up_to_the_score(read):
    history = read("customers/C1/health")["items"]
    parts = read("customers/C1/health/parts")
    moved = read("customers/C1/health/movement")

    assert parts["score"] == history[-1]["score"]
    assert sum(p["points"] for p in parts["items"]) == pytest.approx(parts["score"])
    effects = sum(line["effect"] for line in moved["items"]) + moved["shifted"]
    assert effects == pytest.approx(moved["after"] - moved["before"])
    assert moved["after"] == pytest.approx(parts["score"])
    span = read("customers/C1/health", since="2026-11-01", until="2026-11-15")["items"]
    assert {day["as_of"] for day in span} <= {day["as_of"] for day in history}
    assert all("2026-11-01" <= day["as_of"] <= "2026-11-15" for day in span)


def test_metric_on_a_date_is_that_of_its_history(read):
    now = read("customers/C1/metrics")["items"]
    key, value = now[0]["metric"], now[0]["value"]
    history = read(f"customers/C1/metrics/{key}")["items"]

    assert history[-1] == {"metric": key, "as_of": now[0]["as_of"], "value": value}
    assert key in {metric["key"] for metric in read("metrics")["items"]}


def test_recorded_contact_is_in_the_timeline_and_the_list(read, cast):
    client = program(cast.aoi, ("write",))
    entry = {"kind": "call", "text": "値上げの相談", "minutes": 20, "contact": "田中"}
    address = "/api/v1/customers/C1/entries"
    made = client.post(address, entry, content_type="application/json")
    empty = client.post(address, {"kind": "note"}, content_type="application/json")

    assert made.status_code == 200
    assert made.json()["contact"] == "田中"
    newest = read("customers/C1/timeline")["items"][0]
    assert (newest["kind"], newest["text"]) == ("interactions", "値上げの相談")
    assert (
        read("entries", q="値上げ")["items"][0]["entry_id"] == made.json()["entry_id"]
    )
    assert (empty.status_code, empty.json()["errors"][0]["place"]) == (422, "body.text")


def test_timeline_leads_through_everything_once(read):
    seen, asked = [], {"kind": "interactions"}
    while True:
        page = read("customers/C1/timeline", **asked)
        seen += [(item["at"], item["text"]) for item in page["items"]]
        if page["cursor"] is None:
            break
        asked["cursor"] = page["cursor"]

    assert len(seen) == len(set(seen)) == 95


def test_revenue_is_that_of_the_contracts(read):
    periods = read("revenue/periods")["items"]

    last = periods[-1]
    opening, closing = last["amounts"]["opening"], last["amounts"]["closing"]
    assert (last["currency"], closing) == ("JPY", "100000.0000")
    moved = [
        float(a) for k, a in last["amounts"].items() if k not in ("opening", "closing")
    ]
    assert float(opening) + sum(moved) == float(closing)


def test_definitions_are_those_in_force(read):
    versions = read("definitions")["items"]
    files = read("definitions/current")

    assert [v["is_in_force"] for v in versions] == [True]
    assert files["digest"] == versions[0]["digest"]
    assert any("metrics" in each["text"] for each in files["items"])


REAL = {
    "customer_id": "C1", "contact_id": "P1", "metric": "events_28",
    "dimension": "adoption", "element": "depth",
    "signal": "use_stopped", "question": "small", "variant": "once_lost",
    "table": "customers", "card_id": 1, "play_id": 1, "task_id": 1, "digest": "current",
    "endpoint_id": 1, "delivery_id": 1, "entry_id": 1, "attachment_id": 1,
    "view_id": 1, "hand_over_id": 1, "job_id": 1, "pair_id": 1,
    "assignment_id": 1, "scenario_id": 1, "trial_id": "banso:trial:1",
    "draft_id": 1, "source": "web", "key_id": 1,
    "user_id": 2, "token_id": 2,
}  # fmt: skip
# how many requests are made up for each operation; more on a quiet evening
EXAMPLES = int(os.environ.get("BANSO_FUZZ_EXAMPLES", "3"))


@pytest.fixture
def one_connection():
    """Keep the test's connection after each request, as Django's own client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
def test_answers_to_anything_are_those_of_the_document(project, cast, settings):
    settings.BANSO_API_REQUESTS_A_MINUTE = 10_000_000
    made = operations.make_token(
        user=cast.aoi, name="T", scopes=["write", "administration:write"], days=1,
        by=None, at=timezone.now(),
    )  # fmt: skip
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    load_all_checks()
    checks = CHECKS.get_by_names(
        ["not_a_server_error", "status_code_conformance", "content_type_conformance",
         "response_schema_conformance", "response_headers_conformance",
         "negative_data_rejection"]
    )  # fmt: skip
    looked_at = []
    headers = {"Authorization": f"Bearer {made.secret}", "Accept-Encoding": "identity"}

    def look_at(operation) -> None:
        @seed(20261127)
        @hypothesis_settings(
            max_examples=EXAMPLES,
            database=None,
            phases=[Phase.explicit, Phase.generate],
        )
        @given(case=operation.as_strategy(), is_real=strategies.booleans())
        def ask(case, is_real) -> None:
            if is_real and case.path_parameters:
                case.path_parameters |= {k: REAL[k] for k in case.path_parameters}
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=checks)

        ask()
        looked_at.append(operation.label)

    for operation in schema.get_all_operations():
        look_at(operation.ok())

    assert len(looked_at) == len(OPERATIONS)
