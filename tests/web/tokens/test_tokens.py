"""Making, showing and revoking tokens."""

import re

import pytest

from banso.web.audit.models import AuditEntry
from banso.web.tokens.models import Token

NEW = {"name": "Notebook", "scopes": ["read"], "days": "30"}


def secret_in(answer) -> str:
    return re.search(r"banso_[\w-]{40,}", answer.content.decode())[0]


def test_secret_is_shown_once_and_only_its_hash_is_kept(aoi):
    answer = aoi.post("/settings/tokens/new", NEW)

    secret = secret_in(answer)
    token = Token.objects.get()
    assert answer.status_code == 200
    assert secret not in aoi.get("/settings/tokens/").content.decode()
    assert token.beginning == secret[:12]
    assert secret not in str(vars(token))
    assert secret not in str(list(AuditEntry.objects.values()))


def test_read_only_user_may_make_a_token(ben):
    assert ben.post("/settings/tokens/new", NEW).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("scopes", []), ("scopes", ["everything"]), ("days", "9999"), ("name", "")],
)
def test_faulty_token_is_refused(aoi, field, value):
    answer = aoi.post("/settings/tokens/new", {**NEW, field: value})

    assert answer.status_code == 422
    assert not Token.objects.exists()


def test_administrator_sees_and_revokes_the_tokens_of_all(aoi, chika):
    chika.post("/settings/tokens/new", {**NEW, "name": "Of Chika"})
    token = Token.objects.get()

    listed = aoi.get("/tokens/").content.decode()
    aoi.post(f"/tokens/{token.pk}/revocation", {"back": "all"})

    token.refresh_from_db()
    assert "Of Chika" in listed
    assert token.revoked_at is not None
    assert AuditEntry.objects.filter(action="token_revoked").count() == 1


def test_others_see_and_revoke_only_their_own_tokens(aoi, ben):
    aoi.post("/settings/tokens/new", {**NEW, "name": "Of Aoi"})
    token = Token.objects.get()

    refused = ben.post(f"/tokens/{token.pk}/revocation")

    assert refused.status_code == 404
    assert ben.get("/tokens/").status_code == 403
    assert "Of Aoi" not in ben.get("/settings/tokens/").content.decode()


def test_visitor_is_asked_to_sign_in(visitor):
    assert visitor.get("/settings/tokens/").status_code == 302


def test_pages_are_in_japanese(cast, signed_in):
    client = signed_in(cast.aoi, language="ja")

    assert "トークンを作る" in client.get("/settings/tokens/new").content.decode()
    assert "使えるもの" in client.post("/settings/tokens/new", {}).content.decode()


def test_list_asks_the_database_the_same_whatever_there_is(
    aoi, django_assert_max_num_queries
):
    for number in range(5):
        aoi.post("/settings/tokens/new", {**NEW, "name": f"Token {number}"})

    with django_assert_max_num_queries(5):
        aoi.get("/tokens/")
