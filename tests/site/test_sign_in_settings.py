"""The section ``[sign_in]`` of ``banso.toml``."""

import tomllib

import pytest

from banso.runs.project import ProjectFileInvalid
from banso.site.providers import lacks, provider_settings, secret_of
from banso.site.sign_in import read_sign_in

OIDC = """
[[sign_in.oidc]]
id = "entra"
name = "Microsoft"
issuer = "https://login.microsoftonline.com/T/v2.0"
client_id = "banso"
client_secret_env = "ENTRA_SECRET"
email_domains = ["Example.co.jp"]
"""
SAML = """
[[sign_in.saml]]
id = "okta"
name = "Okta"
metadata_file = "okta.xml"
email_domains = ["example.com"]
"""


def read(text, folder):
    return read_sign_in(tomllib.loads(text).get("sign_in", {}), folder)


def test_nothing_said_means_passwords_and_passkeys(tmp_path):
    found = read("", tmp_path)

    assert (found.password, found.passkeys, found.two_factors) == (True, True, [])
    assert (found.oidc, found.saml, found.provision) == ([], [], None)


def test_everything_that_may_be_said_is_read(tmp_path):
    found = read(
        """
        [sign_in]
        password = false
        passkeys = false
        two_factors = ["administrator", "ops"]
        [sign_in.provision]
        role = "csm"
        scope = "team"
        team = "East"
        [sign_in.scim]
        role = "read_only"
        [[sign_in.scim.groups]]
        name = "Banso administrators"
        role = "administrator"
        scope = "all"
        """
        + OIDC
        + SAML,
        tmp_path,
    )

    assert found.oidc[0].email_domains == ["example.co.jp"]
    assert found.provision is not None
    assert found.provision.team == "East"
    assert found.scim.groups[0].role == "administrator"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[sign_in]\npasword = true",
            "unknown key sign_in.pasword. Did you mean 'password'?",
        ),
        (
            "[sign_in]\npassword = 'no'",
            "sign_in.password has to be true or false, not 'no'",
        ),
        (
            "[sign_in]\ntwo_factors = ['admin']",
            "sign_in.two_factors[1] has to be 'administrator', 'ops', 'lead', ",
        ),
        ("[sign_in]\npassword = false", "sign_in nobody could sign in"),
        (
            OIDC.replace("https://", "http://"),
            "sign_in.oidc[1].issuer has to be an address that begins with https://",
        ),
        (
            OIDC.replace("issuer", "isuer"),
            "unknown key sign_in.oidc[1].isuer. Did you mean 'issuer'?",
        ),
        (
            OIDC.replace('client_id = "banso"\n', ""),
            "sign_in.oidc[1].client_id is missing",
        ),
        (
            OIDC.replace('client_secret_env = "ENTRA_SECRET"', 'client_secret = "x"'),
            "unknown key sign_in.oidc[1].client_secret. Did you mean",
        ),
        (
            OIDC.replace('client_secret_env = "ENTRA_SECRET"\n', ""),
            "sign_in.oidc[1] needs one of client_secret_env",
        ),
        (
            OIDC.replace('["Example.co.jp"]', "[]"),
            "sign_in.oidc[1].email_domains has to be a list that is not empty, not []",
        ),
        (
            OIDC.replace("Example.co.jp", "@example"),
            "sign_in.oidc[1].email_domains[1] has to be the part behind the @",
        ),
        (OIDC + OIDC, "sign_in the id 'entra' is given to two providers"),
        (
            SAML.replace('metadata_file = "okta.xml"\n', ""),
            "sign_in.saml[1] needs one of metadata_file and metadata_url",
        ),
    ],
)
def test_fault_is_named_with_file_key_and_what_is_expected(tmp_path, text, said):
    with pytest.raises(ProjectFileInvalid) as refused:
        read(text, tmp_path)

    assert str(tmp_path / "banso.toml") in refused.value.message
    assert said in refused.value.message


def test_every_fault_is_named_at_once(tmp_path):
    text = OIDC.replace("https://", "ftp://").replace('id = "entra"', 'id = "É"')

    with pytest.raises(ProjectFileInvalid) as refused:
        read(text, tmp_path)

    assert len(refused.value.facts["faults"]) == 2


def test_secret_comes_from_the_environment_or_a_file(tmp_path):
    by_name = read(OIDC, tmp_path).oidc[0]
    by_file = read(
        OIDC.replace('client_secret_env = "ENTRA_SECRET"', 'client_secret_file = "s"'),
        tmp_path,
    ).oidc[0]
    (tmp_path / "s").write_text("from a file\n")

    assert secret_of(by_name, tmp_path, {"ENTRA_SECRET": "from outside"}) == (
        "from outside"
    )
    assert secret_of(by_file, tmp_path, {}) == "from a file"


def test_what_a_provider_lacks_is_told(tmp_path):
    found = read(OIDC + SAML, tmp_path)

    details = [each.detail for each in lacks(found, tmp_path, {})]

    assert details == [
        "the variable ENTRA_SECRET holds no client secret",
        f"{tmp_path / 'okta.xml'} cannot be read: No such file or directory",
    ]
    assert provider_settings(found, tmp_path, {})["openid_connect"]["APPS"] == []


def test_file_that_is_no_metadata_is_told(tmp_path):
    (tmp_path / "okta.xml").write_text("<html></html>")

    (lack,) = lacks(read(SAML, tmp_path), tmp_path, {})

    assert "has to name an entity ID" in lack.detail or "no SAML" in lack.detail
