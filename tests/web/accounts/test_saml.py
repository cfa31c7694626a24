"""Signing in by SAML 2.0: answers signed by a provider of our own."""

import base64
import datetime as dt
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Signing

from banso.runs.project import ProjectFileInvalid
from banso.site.providers import lacks, provider_settings
from banso.site.sign_in import read_sign_in

ACS = "http://localhost/sso/saml/okta/acs/"
ENTITY = "http://localhost/sso/saml/okta/metadata/"
IDP = "https://idp.example.com/saml"
EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"


@dataclass(frozen=True)
class Keys:
    """The key of a provider, and its certificate."""

    key: str
    certificate: str


def make_keys() -> Keys:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example.com")])
    builder = x509.CertificateBuilder(issuer_name=name, subject_name=name)
    certificate = (
        builder.public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
        .not_valid_after(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return Keys(
        key.private_bytes(pem, *plain).decode(), certificate.public_bytes(pem).decode()
    )


@pytest.fixture(scope="module")
def keys() -> Keys:
    return make_keys()


def metadata(certificate: str) -> str:
    body = "".join(certificate.strip().splitlines()[1:-1])
    return f"""<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{IDP}">
 <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
  <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#">
   <X509Data><X509Certificate>{body}</X509Certificate></X509Data></KeyInfo>
  </KeyDescriptor>
  <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
   Location="{IDP}/sso"/>
 </IDPSSODescriptor>
</EntityDescriptor>"""


@pytest.fixture
def provider(keys, settings, tmp_path):
    (tmp_path / "okta.xml").write_text(metadata(keys.certificate))
    section = {
        "id": "okta",
        "name": "Okta",
        "metadata_file": "okta.xml",
        "email_domains": ["example.com"],
    }
    sign_in = read_sign_in({"saml": [section]}, tmp_path)
    assert not list(lacks(sign_in, tmp_path))
    settings.SOCIALACCOUNT_PROVIDERS = provider_settings(sign_in, tmp_path)


@dataclass(frozen=True)
class Answer:
    """What the provider says; each test changes one thing."""

    email: str = "chika@example.com"
    name_id: str = "chika"
    audience: str = ENTITY
    issuer: str = IDP
    recipient: str = ACS
    minutes: int = 5  # from now until it expires
    tampered: bool = False
    signed: bool = True

    def xml(self, asked: str, keys: Keys) -> bytes:
        now = dt.datetime.now(dt.UTC)
        until = f"{now + dt.timedelta(minutes=self.minutes):%Y-%m-%dT%H:%M:%SZ}"
        since = f"{now - dt.timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}"
        assertion = f"""<saml:Assertion
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a{asked[-6:]}" Version="2.0"
 IssueInstant="{since}"><saml:Issuer>{self.issuer}</saml:Issuer><saml:Subject>
<saml:NameID>{self.name_id}</saml:NameID><saml:SubjectConfirmation
 Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 InResponseTo="{asked}" Recipient="{self.recipient}" NotOnOrAfter="{until}"/>
</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{since}"
 NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{self.audience}
</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement
 AuthnInstant="{since}"><saml:AuthnContext><saml:AuthnContextClassRef>
urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>
<saml:Attribute Name="{EMAIL}"><saml:AttributeValue>{self.email}</saml:AttributeValue>
</saml:Attribute></saml:AttributeStatement></saml:Assertion>""".replace("\n</", "</")
        if self.signed:
            signed = Signing.add_sign(assertion, keys.key, keys.certificate)
            assertion = signed.decode() if isinstance(signed, bytes) else signed
        if self.tampered:
            assertion = assertion.replace("chika@", "aoi@")
        answer = f"""<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r{asked[-6:]}" Version="2.0"
 IssueInstant="{since}" Destination="{self.recipient}" InResponseTo="{asked}">
<saml:Issuer>{self.issuer}</saml:Issuer><samlp:Status><samlp:StatusCode
 Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}
</samlp:Response>"""
        return base64.b64encode(answer.encode())


def ask(client: Client) -> str:
    """Go to the provider; return the number of the question."""
    there = client.get("/sso/saml/okta/login/", {"next": "/users/"})
    query = parse_qs(urlsplit(there.headers["Location"]).query)
    text = zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15)
    return ET.fromstring(text).attrib["ID"]


def come_back(client: Client, answer: bytes):
    form = {"SAMLResponse": answer.decode(), "RelayState": ""}
    first = client.post("/sso/saml/okta/acs/", form)
    return client.get(first.headers["Location"])


def test_known_person_enters_and_goes_on(cast, provider, visitor, keys):
    answer = come_back(visitor, Answer().xml(ask(visitor), keys))

    assert answer.headers["Location"] == "/users/", answer.content.decode()
    assert int(visitor.session["_auth_user_id"]) == cast.chika.pk
    assert SocialAccount.objects.get().uid == "chika"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(tampered=True), "signature of the provider"),
        (Answer(signed=False), "signature of the provider"),
        (Answer(audience="https://other.example/"), "another application"),
        (Answer(recipient="https://other.example/acs/"), "another application"),
        (Answer(issuer="https://other.example/"), "another application"),
        (Answer(minutes=-20), "has expired"),
        (Answer(email="chika@evil.example"), "one of a domain that may not"),
        (Answer(email="nobody@example.com"), "Nobody with this e-mail"),
    ],
)
def test_answer_that_does_not_hold_is_refused_in_words(
    cast, provider, visitor, keys, answer, said
):
    page = come_back(visitor, answer.xml(ask(visitor), keys))

    assert page.status_code == 403
    assert said in page.content.decode()
    assert "_auth_user_id" not in visitor.session


def test_answer_of_another_key_is_refused(cast, provider, visitor):
    page = come_back(visitor, Answer().xml(ask(visitor), make_keys()))

    assert "signature of the provider" in page.content.decode()


def test_answer_is_taken_once_and_only_where_it_was_asked_for(
    cast, provider, visitor, keys
):
    stranger = Client(headers={"host": "localhost", "accept-language": "en"})
    answer = Answer().xml(ask(visitor), keys)

    elsewhere = come_back(stranger, answer)
    come_back(visitor, answer)
    visitor.post("/sign-out")
    again = come_back(visitor, answer)

    for page in (elsewhere, again):
        assert "used before, or nothing was asked" in page.content.decode()
        assert page.status_code == 403


@pytest.mark.parametrize("rubbish", [b"", b"!", b"PGh0bWw+", b"AAAA" * 50])
def test_rubbish_is_refused(cast, provider, visitor, rubbish):
    ask(visitor)

    page = come_back(visitor, rubbish)

    assert page.status_code == 403
    assert "did not answer as it should" in page.content.decode()


def test_our_own_metadata_can_be_given_to_the_provider(db, provider, visitor):
    answer = visitor.get("/sso/saml/okta/metadata/")

    assert answer.headers["Content-Type"] == "text/xml"
    assert ACS in answer.content.decode()


def test_domains_must_be_named(tmp_path):
    section = {"id": "okta", "name": "Okta", "metadata_file": "okta.xml"}

    with pytest.raises(ProjectFileInvalid, match=r"email_domains is missing"):
        read_sign_in({"saml": [section]}, tmp_path)
