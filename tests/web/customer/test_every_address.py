"""Every address of the web × role × scope: what the table of capabilities says.

The addresses are walked, not listed: a page that is added is looked at by itself.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.web.conftest import SignIn, add_user

from banso.web.accounts.models import User
from banso.webkit.permissions import CAPABILITIES, Role, Scope, demanded_by

# Of everybody who is signed in; what one finds there is one's own.
OWN = ("", "sign-out", "settings", "settings/password", "settings/sessions")
# Of anybody; `test_every_address_demands_sign_in_but_the_few_named` knows them too.
OPEN = ("healthz", "readyz", "metrics", "sign-in", "display")
# Not of people who are signed in: sign-in itself, directories and programs by tokens.
ELSEWHERE = (
    "settings/proof",
    "settings/factors/",
    "sso/",
    "scim/v2",
    "^scim",
    "api/v1",
)

NUMBER = "999999"  # of something that is not there
PLACES = {
    "metric": "events_28", "dimension": "adoption", "element": "depth",
    "table": "customers", "digest": "current", "kind": "pricing", "model": "standard",
    "trial_id": "nothing", "key": "nothing", "contact_id": "P1",
}  # fmt: skip
THEIRS = "C1"
READERS = (
    *((role, Scope.OWN) for role in Role),
    *((Role.CSM, Scope.TEAM), (Role.ADMINISTRATOR, Scope.ALL)),
)
# Where a capability lets read of customers who are in nobody's scope yet.
OF_ALL = {"data/<slug:table>/": "see_quarantine"}
# What only who sees the customers may read.
NAMES = ("青空商事", "Left Ltd", "Soon Inc", "田中", "鈴木", "Note number")


@dataclass(frozen=True)
class Address:
    """One address, filled in."""

    route: str
    path: str
    capabilities: tuple[str, ...]

    def is_allowed(self, role: Role) -> bool:
        return all(role in CAPABILITIES[each] for each in self.capabilities)


def walk(patterns: list, before: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def filled(route: str) -> str:
    def place(found: re.Match[str]) -> str:
        kind, _colon, name = found[1].rpartition(":")
        if name == "customer_id":
            return THEIRS
        return NUMBER if kind == "int" else PLACES[name]

    return "/" + re.sub("<([^>]+)>", place, route)


def addresses() -> Iterator[Address]:
    for route, view in walk(get_resolver().url_patterns):
        if not route.startswith(ELSEWHERE) and route not in (*OWN, *OPEN):
            yield Address(route, filled(route), demanded_by(view))


@pytest.fixture
def everybody(db: None, signed_in: SignIn) -> dict[tuple[Role, Scope], Client]:
    def client(role: Role, scope: Scope) -> Client:
        return signed_in(_user(role, scope))

    return {pair: client(*pair) for pair in itertools.product(Role, Scope)}


def _user(role: Role, scope: Scope) -> User:
    return add_user(f"{role}{scope}", role, scope, "North")


def test_every_address_demands_a_capability():
    found = list(addresses())

    assert len(found) > 120
    assert [each.route for each in found if not each.capabilities] == []


def test_role_decides_before_anything_else(project, everybody):
    wrong = []
    for role, each, method in itertools.product(Role, addresses(), ("GET", "POST")):
        answer = everybody[role, Scope.TEAM].generic(method, each.path)
        refused = answer.status_code == 403
        if answer.status_code == 405:  # nobody may ask so
            continue
        if refused == each.is_allowed(role) or answer.status_code >= 500:
            wrong.append((str(role), method, each.path, answer.status_code))

    assert wrong == []


def test_nobody_reads_of_customers_out_of_scope(project, everybody):
    told, shown = [], set()
    for role, scope in READERS:
        for each in addresses():
            if not each.is_allowed(role):
                continue
            answer = everybody[role, scope].get(each.path)
            if answer.status_code == 200 and _names(answer):
                shown.add(each.route)
                lets = OF_ALL.get(each.route)
                if scope != Scope.ALL and not (lets and role in CAPABILITIES[lets]):
                    told.append((str(role), str(scope), each.path))

    assert told == []
    # The question means something: who sees all customers reads of them there.
    assert len(shown) > 15


def test_page_of_a_customer_out_of_scope_is_not_there(project, everybody):
    wrong = []
    for (role, scope), client in everybody.items():
        for each in addresses():
            if "customer_id>" not in each.route or not each.is_allowed(role):
                continue
            status = client.get(each.path).status_code
            if scope != Scope.ALL and status not in (404, 405):
                wrong.append((str(role), str(scope), each.path, status))

    assert wrong == []


def _names(answer: object) -> bool:
    streamed = getattr(answer, "streaming", False)
    content = b"".join(answer) if streamed else answer.content
    return any(name.encode() in content for name in NAMES)
