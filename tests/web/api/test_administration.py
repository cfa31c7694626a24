"""Administration by programs: users, tokens, the audit, sources of live events."""

import pytest
from tests.web.api.conftest import program
from tests.web.api.test_writing import send
from tests.web.conftest import Cast

from banso.web.accounts.models import User
from banso.web.audit.models import AuditEntry
from banso.web.collect import queries as collect
from banso.web.tokens.models import Token

__all__ = ["program"]
PERSON = {
    "email": "Dai@example.com", "name": "Dai", "role": "csm", "scope": "team",
    "team": "West",
}  # fmt: skip


@pytest.fixture
def admin(cast: Cast, program):
    return program(cast.aoi, "administration:write")


def test_user_is_added_changed_and_shut_out(admin, cast: Cast, program):
    made = send(admin, "POST", "users", PERSON | {"password": "a-quiet-forest-7"})
    weak = send(admin, "POST", "users", PERSON | {"email": "e@x.jp", "password": "1"})
    twice = send(admin, "POST", "users", PERSON)
    at = f"users/{made.json()['user_id']}"
    changed = send(admin, "PUT", at, PERSON | {"role": "lead"})
    dai = program(User.objects.get(email="dai@example.com"))
    before = dai.get("/api/v1/customers").status_code
    out = send(admin, "POST", f"{at}/activity", {"is_active": False})
    last = send(admin, "POST", f"users/{cast.aoi.pk}/activity", {"is_active": False})
    reset = send(admin, "DELETE", f"users/{cast.ben.pk}/factors")
    listed = admin.get("/api/v1/users").json()["items"]

    assert (made.json()["email"], made.json()["team"]) == ("dai@example.com", "West")
    assert (weak.status_code, weak.json()["code"]) == (422, "password_too_weak")
    assert (twice.status_code, twice.json()["code"]) == (409, "email_taken")
    assert changed.json()["role"] == "lead"
    assert (before, dai.get("/api/v1/customers").status_code) == (200, 401)
    assert out.json()["is_active"] is False
    assert last.json()["code"] == "last_administrator"
    assert reset.json()["has_second_factor"] is False
    assert [each["name"] for each in listed][-1] == "Dai"
    done = AuditEntry.objects.filter(subject_id=str(made.json()["user_id"]))
    assert [each.action for each in done.order_by("pk")] == [
        "user_created", "user_changed", "user_deactivated",
    ]  # fmt: skip


def test_only_a_token_of_administration_of_an_administrator_may(cast: Cast, program):
    for who, scopes, code in (
        (cast.aoi, ("write",), "scope_missing"),
        (cast.chika, ("administration:write",), "role_forbids"),
    ):
        client = program(who, *scopes)
        for path in ("users", "tokens", "audit", "collect-sources"):
            assert client.get(f"/api/v1/{path}").json()["code"] == code


def test_tokens_are_listed_and_revoked_but_never_made(admin, cast: Cast, program):
    chika = program(cast.chika, "administration:write")
    theirs = Token.objects.get(user=cast.chika)

    own = chika.get("/api/v1/my-tokens").json()["items"]
    foreign = send(
        chika, "POST", f"tokens/{Token.objects.get(user=cast.aoi).pk}/revocation"
    )
    every = admin.get("/api/v1/tokens").json()["items"]
    revoked = send(admin, "POST", f"tokens/{theirs.pk}/revocation")
    made = send(admin, "POST", "tokens", {"name": "x"})

    assert [each["user"] for each in own] == ["chika@example.com"]
    assert foreign.status_code == 404
    assert len(every) == 2
    assert "digest" not in every[0]
    assert revoked.json()["state"] == "revoked"
    assert chika.get("/api/v1/my-tokens").status_code == 401
    assert made.status_code == 405


def test_audit_is_filtered_and_paged_in_the_language_asked_for(
    admin, cast: Cast, program
):
    send(admin, "POST", "users", PERSON)
    asked = {"action": "user_created", "limit": 2}

    first = admin.get("/api/v1/audit", asked).json()
    rest = admin.get(first["next"]).json()
    japanese = program(cast.aoi, "administration:write", language="ja")
    said = japanese.get("/api/v1/audit", asked).json()["items"][0]["sentence"]

    assert "Dai" in first["items"][0]["sentence"]
    assert first["items"][0]["by"] == "aoi@example.com"
    assert len(first["items"] + rest["items"]) == 4
    assert said != first["items"][0]["sentence"]


def test_source_is_added_its_key_rotated_and_it_is_shut_off(admin):
    made = send(admin, "POST", "collect-sources", {"key": "web", "name": "Web"})
    wrong = send(admin, "POST", "collect-sources", {"key": "Web App"})
    twice = send(admin, "POST", "collect-sources", {"key": "web"})
    rotated = send(
        admin, "POST", "collect-sources/web/write-keys", {"overlap_hours": 0}
    ).json()
    newest = rotated["write_keys"][0]["key_id"]
    ended = send(admin, "DELETE", f"write-keys/{newest}")
    shut = send(admin, "PUT", "collect-sources/web", {"is_active": False})
    nobody = send(admin, "PUT", "collect-sources/app", {"is_active": False})
    listed = admin.get("/api/v1/collect-sources").json()["items"]

    assert made.json()["write_key"].startswith("bwk_")
    assert wrong.json()["errors"][0]["place"] == "body.key"
    assert twice.json()["code"] == "source_taken"
    assert rotated["write_key"] != made.json()["write_key"]
    assert [each["ends_at"] is None for each in rotated["write_keys"]] == [True, False]
    assert ended.status_code == 204
    assert shut.json()["is_active"] is False
    assert nobody.status_code == 404
    assert "write_key" not in listed[0]
    assert collect.get_source("web").name == "web"
