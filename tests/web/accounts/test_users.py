"""User administration."""

import pytest

from banso.web.accounts.models import Team, User
from banso.web.audit.models import AuditEntry

NEW = {
    "name": "Dai",
    "email": "Dai@Example.com",
    "role": "csm",
    "scope": "team",
    "team": "North",
    "password": "a-new-forest-9",
}


def test_added_user_can_sign_in_and_is_in_the_audit(aoi, cast, visitor):
    aoi.post("/users/new", NEW)

    signed_in = visitor.post(
        "/sign-in", {"email": "dai@example.com", "password": NEW["password"]}
    )
    entry = AuditEntry.objects.get(action="user_created", subject_name="Dai")
    assert signed_in.status_code == 302
    assert entry.by == cast.aoi
    assert entry.details["team"] == "North"
    assert NEW["password"] not in str(entry.details)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "ben@example.com", "There is a user with the e-mail ben@example.com"),
        ("email", "BEN@EXAMPLE.COM", "There is a user with the e-mail ben@example.com"),
        ("password", "short", "too short"),
        ("password", "1234567890", "too common"),
        ("role", "owner", "Select a valid choice"),
    ],
)
def test_faulty_user_is_refused_with_the_reason(aoi, field, value, said):
    answer = aoi.post("/users/new", {**NEW, field: value})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not User.objects.filter(name="Dai").exists()
    assert not Team.objects.filter(name="North").exists()


def test_change_is_worded_in_the_audit_in_both_languages(aoi, cast, signed_in):
    aoi.post(
        f"/users/{cast.ben.pk}",
        {
            "name": "Ben",
            "email": "ben@example.com",
            "role": "lead",
            "scope": "team",
            "team": "East",
        },
    )

    english = aoi.get("/audit/?action=user_changed").content.decode()
    japanese = signed_in(cast.aoi, language="ja").get("/audit/").content.decode()
    assert "Changed the user Ben (role: Read only → Lead)." in english
    assert "利用者「Ben」を変更しました（役割：閲覧のみ → リーダー）。" in japanese


def test_last_administrator_stays(aoi, cast):
    refused = aoi.post(f"/users/{cast.aoi.pk}/activity", {"active": "0"})
    demoted = aoi.post(
        f"/users/{cast.aoi.pk}",
        {"name": "Aoi", "email": "aoi@example.com", "role": "csm", "scope": "all"},
    )

    cast.aoi.refresh_from_db()
    assert (refused.status_code, demoted.status_code) == (409, 422)
    assert "only administrator" in refused.content.decode()
    assert cast.aoi.is_active
    assert cast.aoi.role == "administrator"


def test_deactivated_user_can_be_activated_again(aoi, cast):
    aoi.post(f"/users/{cast.ben.pk}/activity", {"active": "0"})
    aoi.post(f"/users/{cast.ben.pk}/activity", {"active": "1"})

    cast.ben.refresh_from_db()
    actions = AuditEntry.objects.filter(subject_id=str(cast.ben.pk))
    assert cast.ben.is_active
    assert {"user_deactivated", "user_activated"} <= {each.action for each in actions}


def test_list_of_users_asks_the_database_as_often_for_many(
    aoi, cast, django_assert_max_num_queries
):
    User.objects.bulk_create(
        User(
            email=f"u{n}@example.com",
            name=f"U{n}",
            role="csm",
            scope="own",
            team=cast.ben.team,
            created_at=cast.ben.created_at,
        )
        for n in range(40)
    )

    with django_assert_max_num_queries(4):
        aoi.get("/users/")
