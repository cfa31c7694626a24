"""`banso scim`: tokens of the company's directory, and the sign-in that it needs."""

import json

from tests.cli.conftest import Banso

from banso.runs.project import Project


def test_token_is_made_listed_and_revoked(banso_apart: Banso, project: Project) -> None:
    where = ("--project", project.folder)

    made = banso_apart("scim", "token", "entra", "--json", *where)
    again = banso_apart("scim", "token", "entra", *where)
    revoked = banso_apart("scim", "revoke", "entra", *where)
    listed = json.loads(banso_apart("scim", "list", "--json", *where).out)

    assert made.status == 0, made.err
    assert json.loads(made.out)["token"].startswith("banso_scim_")
    assert (again.status, revoked.status) == (2, 0)
    assert "entra" in again.err
    assert [(each["name"], each["state"]) for each in listed] == [("entra", "revoked")]


def test_doctor_tells_how_people_sign_in_and_what_is_missing(
    banso_apart: Banso, project: Project
) -> None:
    path = project.folder / "banso.toml"
    path.write_text(
        path.read_text()
        + """
[sign_in]
two_factors = ["administrator"]
[[sign_in.oidc]]
id = "entra"
name = "Microsoft"
issuer = "https://login.microsoftonline.com/T/v2.0"
client_id = "banso"
client_secret_file = "secret.txt"
email_domains = ["example.com"]
"""
    )

    before = banso_apart("doctor", "--project", project.folder).out
    (project.folder / "secret.txt").write_text("s3cret")
    after = banso_apart("doctor", "--project", project.folder).out
    path.write_text(path.read_text().replace("issuer", "isuer"))
    mistaken = banso_apart("user", "list", "--project", project.folder)

    assert "sign-in: entra: the file secret.txt holds no client secret" in before
    assert "passwords, passkeys, OIDC entra; two factors for administrator" in after
    assert mistaken.status == 2
    assert "unknown key sign_in.oidc[1].isuer. Did you mean 'issuer'?" in mistaken.err
