"""Who comes in with a token, as whom, and what is answered to others."""

import datetime as dt

import pytest
from django.utils import timezone
from tests.web.api.conftest import Program

from banso.web.tokens import limits
from banso.web.tokens.models import Token

CUSTOMERS = "/api/v1/customers"


def test_nobody_comes_in_without_a_token_or_by_a_session(visitor, aoi):
    for client in (visitor, aoi):
        answer = client.get(CUSTOMERS)

        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "token_missing"


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"expires_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"digest": "of another secret"},
    ],
)
def test_token_that_is_no_longer_valid_lets_nobody_in(cast, program, change):
    client = program(cast.aoi)
    Token.objects.update(**change)

    answer = client.get(CUSTOMERS)

    assert answer.status_code == 401
    assert answer.json()["code"] == "token_refused"


def test_token_of_somebody_who_left_lets_nobody_in(cast, program):
    client = program(cast.ben)
    cast.ben.is_active = False
    cast.ben.save()

    assert client.get(CUSTOMERS).status_code == 401


def test_missing_scope_is_named(cast, program):
    answer = program(cast.aoi, "work:read").get(CUSTOMERS)

    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"
    assert "customers:read" in answer.json()["detail"]


def test_program_sees_the_customers_of_its_user(cast, program: Program, add_customer):
    add_customer("C1", owner="chika@example.com")
    add_customer("C2", owner="aoi@example.com")
    chika, aoi = program(cast.chika), program(cast.aoi)

    assert [c["customer_id"] for c in chika.get(CUSTOMERS).json()["items"]] == ["C1"]
    assert len(aoi.get(CUSTOMERS).json()["items"]) == 2
    assert chika.get(f"{CUSTOMERS}/C1").status_code == 200
    assert chika.get(f"{CUSTOMERS}/C2").status_code == 404
    assert chika.get(f"{CUSTOMERS}/C2").json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("asked", "own", "said"),
    [
        ("en", "ja", "There is no such thing, or you do not see it."),
        ("ja", "en", "存在しないか、表示する権限がありません。"),
        ("", "ja", "存在しないか、表示する権限がありません。"),
        ("", "en", "There is no such thing, or you do not see it."),
    ],
)
def test_problems_are_in_the_language_asked_for_else_the_users_own(
    cast, program, asked, own, said
):
    cast.aoi.language = own
    cast.aoi.save()

    answer = program(cast.aoi, language=asked).get(f"{CUSTOMERS}/nobody")

    assert answer.json()["detail"] == said
    assert answer["Content-Language"] == (asked or own)


def test_unknown_address_and_method_are_problems_too(cast, program):
    client = program(cast.aoi)

    nowhere, wrong = client.get("/api/v1/nowhere/at/all"), client.delete(CUSTOMERS)

    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong["Allow"] == "GET"


def test_what_is_wrong_is_named_with_its_place(cast, program):
    answer = program(cast.aoi).get(CUSTOMERS, {"band": "blue", "limit": "0"})

    places = {fault["place"]: fault for fault in answer.json()["errors"]}
    assert answer.status_code == 422
    assert set(places) == {"query.band", "query.limit"}
    assert places["query.limit"]["detail"] == "It must be 1 or more."


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJcdWQ4MDAiLCJhIiwwXQ", "🎌"])
def test_cursor_that_is_none_is_refused(cast, program, add_customer, cursor):
    add_customer("C1")

    answer = program(cast.aoi).get(CUSTOMERS, {"cursor": cursor})

    assert answer.status_code == 422
    assert answer.json()["code"] == "cursor_invalid"


def test_requests_are_counted_and_stopped(cast, program, settings):
    settings.BANSO_API_REQUESTS_A_MINUTE = 5
    client = program(cast.aoi)

    answers = [client.get(f"{CUSTOMERS}/nobody") for _number in range(12)]

    # a new minute may begin in between
    let_in = [a for a in answers if a.status_code == 404]
    stopped = [a for a in answers if a.status_code == 429]
    assert 5 <= len(let_in) <= 10
    assert stopped
    assert 1 <= int(stopped[0]["Retry-After"]) <= 60
    assert stopped[0]["RateLimit"].startswith('"token";r=0;t=')
    assert answers[0]["RateLimit-Policy"] == '"token";q=5;w=60'
    assert answers[0]["RateLimit"].startswith('"token";r=4;t=')


def test_processes_share_one_limit(cast, program, settings):
    settings.BANSO_API_REQUESTS_A_MINUTE = 40
    program(cast.aoi)
    token, at = Token.objects.get(), timezone.now()

    let_in = 0
    for _process in range(100):
        limits.forget()  # another process: it knows nothing of the others
        try:
            limits.take(token, at=at)
        except limits.TooManyRequests:
            break
        let_in += 1

    assert let_in == 20  # shares of two


def test_few_requests_write_to_the_database(
    cast, program, django_assert_max_num_queries, add_customer
):
    add_customer("C1")
    client = program(cast.aoi)
    client.get(f"{CUSTOMERS}/C1")

    with django_assert_max_num_queries(3):
        client.get(f"{CUSTOMERS}/C1")


def test_last_use_is_noted(cast, program):
    program(cast.aoi).get(CUSTOMERS)

    assert Token.objects.get().last_used_at is not None


def test_misspelt_parameter_is_refused_with_the_nearest_name(cast, program):
    answer = program(cast.aoi).get(CUSTOMERS, {"statuss": "all"})

    (fault,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert fault["place"] == "query.statuss"
    assert "Did you mean status?" in fault["detail"]
