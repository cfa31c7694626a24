"""SCIM 2.0 as the RFCs, Entra and Okta speak it."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from banso.web.accounts.models import User
from banso.web.audit.models import AuditEntry
from banso.web.scim import operations
from banso.web.scim.models import ScimToken

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CONFIGURED = {"role": "read_only", "scope": "own", "team": "", "groups": []}


class Directory:
    """A directory that comes with a token."""

    def __init__(self, secret: str) -> None:
        self.client = Client(
            headers={"host": "localhost", "authorization": f"Bearer {secret}"}
        )

    def send(self, method: str, path: str, body: object = None, **query: str):
        return self.client.generic(
            method,
            f"/scim/v2/{path}",
            data=json.dumps(body) if body is not None else "",
            content_type="application/scim+json",
            query_params=query,
        )

    def patch(self, path: str, *changes: dict[str, object]):
        return self.send("PATCH", path, {"schemas": [PATCH], "Operations": changes})


@pytest.fixture(autouse=True)
def _configured(settings):
    settings.BANSO_SCIM = {**CONFIGURED}


@pytest.fixture
def directory(cast) -> Directory:
    return Directory(operations.make_token("entra", by=cast.aoi, at=timezone.now()))


BARBARA = {  # RFC 7643, 8.2, shortened
    "schemas": [USER],
    "externalId": "701984",
    "userName": "bjensen@example.com",
    "name": {
        "formatted": "Ms. Barbara J Jensen, III",
        "familyName": "Jensen",
        "givenName": "Barbara",
    },
    "displayName": "Babs Jensen",
    "emails": [
        {"value": "babs@jensen.org", "type": "home"},
        {"value": "bjensen@example.com", "type": "work", "primary": True},
    ],
    "title": "Tour Guide",
    "active": True,
    "password": "t1meMa$heen",
    ENTERPRISE: {"department": "Tour Operations"},
}


@pytest.fixture
def barbara(directory) -> str:
    """Add Barbara; return her number."""
    return directory.send("POST", "Users", BARBARA).json()["id"]


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_nobody_comes_without_a_token(cast, secret):
    answer = Directory(secret).send("GET", "Users")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_session_of_an_administrator_is_no_token(aoi):
    assert aoi.get("/scim/v2/Users").status_code == 401


def test_revoked_token_ends_at_once(directory, cast):
    assert directory.send("GET", "Users").status_code == 200

    operations.revoke_token("entra", by=cast.aoi, at=timezone.now())

    assert directory.send("GET", "Users").status_code == 401


def test_secret_is_not_kept(cast):
    secret = operations.make_token("okta", by=None, at=timezone.now())

    assert secret not in str(list(ScimToken.objects.values()))
    assert secret not in str(list(AuditEntry.objects.values()))


def test_person_of_the_rfc_is_added(directory):
    answer = directory.send("POST", "Users", BARBARA)

    body = answer.json()
    user = User.objects.get(email="bjensen@example.com")
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/scim+json"
    assert answer.headers["Location"] == body["meta"]["location"]
    assert body["meta"]["location"] == f"http://localhost/scim/v2/Users/{user.pk}"
    assert (body["userName"], body["externalId"]) == ("bjensen@example.com", "701984")
    assert (user.name, user.role, user.scope) == ("Babs Jensen", "read_only", "own")
    assert not user.has_usable_password()
    assert "password" not in body
    assert AuditEntry.objects.filter(action="user_created", by=None).exists()


def test_japanese_name_has_the_family_name_first(directory):
    sent = {
        "userName": "sato@example.com",
        "name": {"givenName": "葵", "familyName": "佐藤"},
    }

    body = directory.send("POST", "Users", sent).json()

    assert body["displayName"] == "佐藤 葵"


def test_second_person_of_one_name_is_refused(directory, barbara):
    answer = directory.send("POST", "Users", {"userName": "BJensen@example.com"})

    assert answer.status_code == 409
    assert answer.json()["scimType"] == "uniqueness"


def test_person_whom_an_administrator_added_is_found_and_taken_over(directory, cast):
    found = directory.send(
        "GET", "Users", filter='userName eq "Chika@example.com"'
    ).json()
    body = {"userName": "chika@example.com", "externalId": "42", "displayName": "Chika"}
    replaced = directory.send("PUT", f"Users/{found['Resources'][0]['id']}", body)

    cast.chika.refresh_from_db()
    assert found["totalResults"] == 1
    assert replaced.json()["externalId"] == "42"
    assert cast.chika.role == "csm"  # no groups are configured: it stays


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ('userName eq "bjensen@example.com"', 1),
        ('USERNAME Eq "bjensen@example.com"', 1),
        (f'{USER}:userName eq "bjensen@example.com"', 1),
        ('externalId eq "701984"', 1),
        ('emails[type eq "work"].value eq "bjensen@example.com"', 1),
        ('userName eq "nobody@example.com"', 0),
        ('userName eq "x\\" or 1=1"', 0),
    ],
)
def test_people_are_found_by_a_filter(directory, barbara, query, count):
    body = directory.send("GET", "Users", filter=query).json()

    assert body["totalResults"] == count
    assert len(body["Resources"]) == count


@pytest.mark.parametrize(
    "query", ['userName sw "b"', "userName", 'title eq "x"', 'a eq "b" and c eq "d"']
)
def test_filter_that_cannot_be_followed_is_refused(directory, query):
    answer = directory.send("GET", "Users", filter=query)

    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")


def test_list_has_pages(directory, cast):
    body = directory.send("GET", "Users", startIndex="2", count="1").json()

    assert (body["totalResults"], body["startIndex"], body["itemsPerPage"]) == (3, 2, 1)
    assert body["Resources"][0]["userName"] == "ben@example.com"


def test_list_asks_the_database_as_often_for_many(
    directory, cast, django_assert_max_num_queries
):
    for number in range(15):
        directory.send("POST", "Users", {"userName": f"u{number}@example.com"})

    with django_assert_max_num_queries(6):
        directory.send("GET", "Users")


def sign_in_as(number: str) -> Client:
    client = Client(headers={"host": "localhost", "accept-language": "en"})
    client.force_login(User.objects.get(pk=number))
    return client


@pytest.mark.parametrize(
    "change",
    [
        {"op": "replace", "path": "active", "value": False},  # RFC 7644
        {"op": "Replace", "path": "active", "value": "False"},  # Entra
        {"op": "replace", "value": {"active": False}},  # Okta
        {"op": "replace", "path": f"{USER}:active", "value": False},
    ],
)
def test_deactivation_ends_sessions_and_tokens_at_once(directory, barbara, change):
    from banso.web.tokens import operations as tokens  # noqa: PLC0415

    client = sign_in_as(barbara)
    user = User.objects.get(pk=barbara)
    now = timezone.now()
    made = tokens.make_token(
        user=user,
        name="notebook",
        scopes=["customers:read"],
        days=1,
        by=user,
        at=now,
    )

    answer = directory.patch(f"Users/{barbara}", change)

    assert answer.json()["active"] is False
    assert client.get("/settings").status_code == 302
    bearer = f"Bearer {made.secret}"
    called = Client(headers={"host": "localhost", "authorization": bearer})
    assert called.get("/api/v1/customers").status_code == 401
    directory.patch(f"Users/{barbara}", {"op": "replace", "value": {"active": True}})
    assert client.get("/settings").status_code == 302  # it does not come back


@pytest.mark.parametrize(
    ("change", "name", "email"),
    [
        (
            {"op": "replace", "path": "displayName", "value": "Barbara J."},
            *("Barbara J.", "bjensen@example.com"),
        ),
        (
            {"op": "Replace", "path": "name.familyName", "value": "Smith"},
            *("Barbara Smith", "bjensen@example.com"),
        ),
        (
            {
                "op": "Replace",
                "path": 'emails[type eq "work"].value',
                "value": "b@example.com",
            },
            *("Babs Jensen", "b@example.com"),
        ),
        (
            {"op": "replace", "path": "userName", "value": "babs@example.com"},
            *("Babs Jensen", "babs@example.com"),
        ),
        (
            {"op": "add", "value": {"title": "Boss", f"{ENTERPRISE}:manager": "1"}},
            *("Babs Jensen", "bjensen@example.com"),
        ),
        (
            {"op": "Add", "path": "phoneNumbers", "value": [{"value": "1"}]},
            *("Babs Jensen", "bjensen@example.com"),
        ),
    ],
)
def test_parts_of_a_person_change(directory, barbara, change, name, email):
    answer = directory.patch(f"Users/{barbara}", change)

    user = User.objects.get(pk=barbara)
    assert answer.status_code == 200, answer.content
    assert (user.name, user.email) == (name, email)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"op": "remove"}, "noTarget"),
        ({"op": "shout", "path": "active"}, "invalidSyntax"),
        ({"op": "replace", "path": "active[", "value": True}, "invalidPath"),
        ({"op": "replace", "path": "active", "value": "maybe"}, "invalidValue"),
        ({"op": "replace", "path": "emails[type co 1]", "value": 1}, "invalidPath"),
        ({"op": "remove", "path": "active"}, "mutability"),
        ({"op": "replace", "path": "userName", "value": 7}, "invalidValue"),
    ],
)
def test_change_that_cannot_be_made_changes_nothing(directory, barbara, change, kind):
    first = {"op": "replace", "path": "displayName", "value": "Never"}

    answer = directory.patch(f"Users/{barbara}", first, change)

    assert (answer.status_code, answer.json().get("scimType")) == (400, kind)
    assert User.objects.get(pk=barbara).name == "Babs Jensen"


def test_put_without_active_leaves_a_deactivated_person_out(directory, barbara):
    directory.patch(f"Users/{barbara}", {"op": "replace", "value": {"active": False}})

    body = directory.send("PUT", f"Users/{barbara}", {"userName": "b@example.com"})

    assert body.json()["active"] is False


def test_removed_person_is_deactivated_and_may_come_again(directory, barbara):
    removed = directory.send("DELETE", f"Users/{barbara}")
    gone = directory.send("GET", f"Users/{barbara}")
    user = User.objects.get(pk=barbara)
    assert (removed.status_code, gone.status_code) == (204, 404)
    assert not user.is_active

    again = directory.send("POST", "Users", BARBARA)

    user.refresh_from_db()
    assert (again.status_code, again.json()["id"]) == (201, barbara)
    assert user.is_active


def test_last_administrator_stays(directory, cast):
    answer = directory.patch(
        f"Users/{cast.aoi.pk}", {"op": "replace", "value": {"active": False}}
    )

    cast.aoi.refresh_from_db()
    assert answer.status_code == 409
    assert "only administrator" in answer.json()["detail"]
    assert cast.aoi.is_active


@pytest.fixture
def mapped(settings):
    """Let three groups say what their members are."""
    nothing = {"role": None, "scope": None, "team": None}
    settings.BANSO_SCIM = {
        **CONFIGURED,
        "groups": [
            {**nothing, "name": "Leads", "role": "lead", "scope": "all"},
            {**nothing, "name": "CSMs", "role": "csm", "scope": "own"},
            {**nothing, "name": "East", "team": "East"},
        ],
    }


def what(number: str) -> tuple[str, str, str]:
    user = User.objects.select_related("team").get(pk=number)
    return user.role, user.scope, user.team.name if user.team else ""


def test_groups_say_role_scope_and_team(directory, barbara, mapped):
    def add(name: str, *members: str) -> str:
        body = {
            "schemas": [GROUP],
            "displayName": name,
            "externalId": name,
            "members": [{"value": member} for member in members],
        }
        return directory.send("POST", "Groups", body).json()["id"]

    csms = add("CSMs", barbara)
    assert what(barbara) == ("csm", "own", "")
    add("East", barbara)
    leads = add("Leads")
    assert what(barbara) == ("csm", "own", "East")

    directory.patch(  # Entra
        f"Groups/{leads}",
        {"op": "Add", "path": "members", "value": [{"value": barbara}]},
    )
    assert what(barbara) == ("lead", "all", "East")

    directory.patch(
        f"Groups/{leads}",
        {"op": "remove", "path": f'members[value eq "{barbara}"]'},  # RFC 7644
    )
    assert what(barbara) == ("csm", "own", "East")

    directory.patch(  # Entra
        f"Groups/{csms}",
        {"op": "Remove", "path": "members", "value": [{"value": barbara}]},
    )
    assert what(barbara) == ("read_only", "own", "East")


def test_group_is_found_renamed_and_removed(directory, barbara, mapped):
    body = {"displayName": "Leads", "members": [{"value": barbara}]}
    number = directory.send("POST", "Groups", body).json()["id"]

    found = directory.send(
        "GET",
        "Groups",
        filter='displayName eq "Leads"',
        excludedAttributes="members",
    ).json()
    assert found["totalResults"] == 1
    assert "members" not in found["Resources"][0]
    shown = directory.send("GET", f"Users/{barbara}").json()
    assert shown["groups"][0]["display"] == "Leads"

    directory.patch(  # Okta
        f"Groups/{number}",
        {"op": "replace", "value": {"id": number, "displayName": "Others"}},
    )
    assert what(barbara)[0] == "read_only"
    directory.patch(
        f"Groups/{number}", {"op": "replace", "value": {"displayName": "Leads"}}
    )
    assert what(barbara)[0] == "lead"

    assert directory.send("DELETE", f"Groups/{number}").status_code == 204
    assert what(barbara)[0] == "read_only"
    assert directory.send("GET", f"Groups/{number}").status_code == 404


def test_group_changes_nobody_whom_the_directory_does_not_look_after(
    directory, cast, mapped
):
    body = {"displayName": "CSMs", "members": [{"value": str(cast.aoi.pk)}]}

    assert directory.send("POST", "Groups", body).status_code == 201

    cast.aoi.refresh_from_db()
    assert cast.aoi.role == "administrator"


def test_groups_cannot_take_the_last_administrator(directory, cast, mapped):
    answer = directory.send(
        "PUT", f"Users/{cast.aoi.pk}", {"userName": "aoi@example.com"}
    )

    cast.aoi.refresh_from_db()
    assert answer.status_code == 409
    assert cast.aoi.role == "administrator"


def test_group_with_an_unknown_member_is_refused(directory, cast):
    body = {"displayName": "CSMs", "members": [{"value": "9999"}]}

    assert directory.send("POST", "Groups", body).status_code == 404
    assert directory.send("GET", "Groups").json()["totalResults"] == 0


def test_directory_finds_out_what_is_offered(directory):
    offered = directory.send("GET", "ServiceProviderConfig").json()
    kinds = directory.send("GET", "ResourceTypes").json()
    one = directory.send("GET", "ResourceTypes/User").json()
    schemas = directory.send("GET", "Schemas").json()
    schema = directory.send("GET", f"Schemas/{GROUP}").json()

    assert offered["patch"]["supported"] is True
    assert offered["bulk"]["supported"] is False
    assert [each["endpoint"] for each in kinds["Resources"]] == ["/Users", "/Groups"]
    assert one["schema"] == USER
    assert schemas["totalResults"] == 2
    assert schema["attributes"][0]["name"] == "displayName"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "Users/0", None, 404),
        ("GET", "Users/x", None, 404),
        ("GET", "Nothing", None, 404),
        ("DELETE", "Users", None, 405),
        ("GET", "Users?count=many", None, 400),
        ("POST", "Users", [], 400),
        ("POST", "Users", {}, 400),
        ("POST", "Users", {"userName": "no e-mail"}, 400),
        ("PATCH", "Users/1", {"Operations": []}, 400),
    ],
)
def test_mistakes_are_answered_as_the_rfc_says(directory, method, path, body, status):
    answer = directory.send(method, path, body)

    assert answer.status_code == status
    assert answer.json()["status"] == str(status)
    assert answer.headers["Content-Type"] == "application/scim+json"


def test_body_that_is_no_json_is_refused(directory):
    answer = directory.client.post(
        "/scim/v2/Users", b"\xff{", content_type="application/json"
    )

    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidSyntax")
