"""Signing in and out."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from banso.web.accounts.models import SignInFailure
from banso.web.audit.models import AuditEntry

PASSWORD = "a-quiet-forest-7"


def try_password(client: Client, password: str, email: str = "aoi@example.com"):
    return client.post("/sign-in", {"email": email, "password": password})


def test_visitor_is_sent_to_sign_in_and_back(cast, visitor):
    answer = visitor.get("/users/?x=1")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/users/%3Fx%3D1"


def test_right_password_signs_in_and_goes_on(cast, visitor):
    answer = visitor.post(
        "/sign-in",
        {"email": "AOI@example.com ", "password": PASSWORD, "next": "/users/"},
    )

    assert answer.headers["Location"] == "/users/"
    assert visitor.get("/users/").status_code == 200
    assert AuditEntry.objects.filter(action="signed_in", by=cast.aoi).count() == 1


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:1"]
)
def test_sign_in_leads_to_no_other_site(cast, visitor, target):
    answer = visitor.post(
        "/sign-in",
        {"email": "aoi@example.com", "password": PASSWORD, "next": target},
    )

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("email", ["aoi@example.com", "nobody@example.com"])
def test_wrong_password_and_unknown_person_read_the_same(cast, visitor, email):
    answer = try_password(visitor, "wrong", email)

    assert answer.status_code == 422
    assert "The e-mail or the password is wrong." in answer.content.decode()
    assert "_auth_user_id" not in visitor.session


def test_sixth_attempt_within_a_minute_is_not_tried(cast, visitor):
    for _attempt in range(5):
        assert try_password(visitor, "wrong").status_code == 422

    locked = try_password(visitor, PASSWORD)

    assert locked.status_code == 429
    assert "Wait one minute" in locked.content.decode()


def test_lock_ends_after_a_minute(cast, visitor):
    for _attempt in range(5):
        try_password(visitor, "wrong")
    SignInFailure.objects.update(at=timezone.now() - dt.timedelta(seconds=61))

    assert try_password(visitor, PASSWORD).status_code == 302


def test_lock_of_one_person_leaves_others_free(cast, visitor):
    for _attempt in range(5):
        try_password(visitor, "wrong")

    assert try_password(visitor, PASSWORD, "ben@example.com").status_code == 302


def test_one_address_cannot_try_many_people(cast, visitor):
    for number in range(30):
        try_password(visitor, "wrong", f"user{number}@example.com")

    assert try_password(visitor, PASSWORD).status_code == 429


def test_failed_sign_in_is_in_the_audit(cast, visitor):
    try_password(visitor, "wrong")

    entry = AuditEntry.objects.get(action="sign_in_failed")
    assert (entry.subject_name, entry.by, entry.address) == (
        "aoi@example.com",
        None,
        "127.0.0.1",
    )


def test_deactivated_person_cannot_sign_in(cast, visitor):
    cast.ben.is_active = False
    cast.ben.save()

    assert try_password(visitor, PASSWORD, "ben@example.com").status_code == 422


def test_session_of_a_deactivated_person_ends(cast, ben):
    cast.ben.is_active = False
    cast.ben.save()

    assert ben.get("/settings").headers["Location"].startswith("/sign-in")


def test_sign_out_ends_the_session(aoi):
    answer = aoi.post("/sign-out")

    assert answer.headers["Location"] == "/sign-in"
    assert aoi.get("/settings").status_code == 302


def test_sign_out_by_a_link_is_refused(aoi):
    assert aoi.get("/sign-out").status_code == 405


def test_form_of_another_site_is_refused(cast):
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.force_login(cast.aoi)

    answer = client.post("/sign-out")

    assert answer.status_code == 403
    assert "送信フォームの有効期限" in answer.content.decode()


def test_first_administrator_is_explained_when_nobody_is_there(db, visitor):
    assert "banso user add" in visitor.get("/sign-in").content.decode()
