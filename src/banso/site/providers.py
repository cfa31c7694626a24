"""The providers of single sign-on, in the form in which allauth reads them."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from banso.site.sign_in import Oidc, Saml, SignIn

HAS_SAML = find_spec("onelogin") is not None  # the extra is installed
_EMAIL = (
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    *("urn:oid:0.9.2342.19200300.100.1.3", "email", "mail"),
)


@dataclass(frozen=True)
class Lack:
    """What a provider needs and does not have yet."""

    provider: str  # its id
    detail: str


def provider_settings(
    sign_in: SignIn, folder: Path | None, environ: Mapping[str, str] = os.environ
) -> dict[str, dict[str, Any]]:
    """Return all providers that can be offered; `lacks` tells of the others."""
    if folder is None:
        return {}
    missing = {each.provider for each in lacks(sign_in, folder, environ)}
    oidc = [
        _oidc(each, secret_of(each, folder, environ))
        for each in sign_in.oidc
        if each.id not in missing
    ]
    saml = [_saml(each, folder) for each in sign_in.saml if each.id not in missing]
    return {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": oidc},
        "saml": {"APPS": saml},
    }


def lacks(
    sign_in: SignIn, folder: Path, environ: Mapping[str, str] = os.environ
) -> Iterator[Lack]:
    """Yield what keeps a configured provider from being offered."""
    for provider in sign_in.oidc:
        if not secret_of(provider, folder, environ):
            named = provider.client_secret_env or provider.client_secret_file
            kind = "variable" if provider.client_secret_env else "file"
            yield Lack(provider.id, f"the {kind} {named} holds no client secret")
    for source in sign_in.saml:
        if not HAS_SAML:
            yield Lack(source.id, "needs: pip install 'banso[saml]'")
        elif source.metadata_file and (fault := _metadata(source, folder)[1]):
            yield Lack(source.id, fault)


def secret_of(provider: Oidc, folder: Path, environ: Mapping[str, str]) -> str:
    """Return a provider's client secret; empty when it is not to be had."""
    if provider.client_secret_env:
        return environ.get(provider.client_secret_env, "").strip()
    path = folder / str(provider.client_secret_file)
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _oidc(provider: Oidc, secret: str) -> dict[str, Any]:
    return {
        "provider_id": provider.id,
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": secret,
        "settings": {
            "server_url": provider.issuer.rstrip("/"),
            "email_domains": provider.email_domains,
            # whose e-mails count as verified though the provider does not say so
            "verified_email": provider.email_domains if provider.trust_email else False,
        },
    }


def _saml(source: Saml, folder: Path) -> dict[str, Any]:
    if source.metadata_url:
        idp = {"metadata_url": source.metadata_url, "entity_id": source.entity_id}
    else:
        idp = _metadata(source, folder)[0]
    attributes = [source.email_attribute] if source.email_attribute else list(_EMAIL)
    return {
        "provider_id": source.id,
        "client_id": source.id,
        "name": source.name,
        "settings": {
            "idp": idp,
            "email_domains": source.email_domains,
            "verified_email": source.email_domains,
            "use_nameid_for_email": not source.email_attribute,
            "attribute_mapping": {"email": attributes, "name": list(_NAMES)},
            "advanced": {
                "want_assertion_signed": True,
                "want_attribute_statement": False,
                "reject_idp_initiated_sso": True,
                "allow_single_label_domains": True,  # https://banso/ within a company
            },
        },
    }


_NAMES = (
    "http://schemas.microsoft.com/identity/claims/displayname",
    *("urn:oid:2.16.840.1.113730.3.1.241", "displayName", "name"),
)


def _metadata(source: Saml, folder: Path) -> tuple[dict[str, str | None], str]:
    """Return what a file of metadata says of the provider, and what is wrong."""
    from onelogin.saml2.idp_metadata_parser import (  # noqa: PLC0415 - an extra
        OneLogin_Saml2_IdPMetadataParser as Parser,
    )

    path = folder / str(source.metadata_file)
    try:
        found = Parser.parse(path.read_bytes(), entity_id=source.entity_id)
    except OSError as error:
        return {}, f"{path} cannot be read: {error.strerror}"
    except Exception as error:  # noqa: BLE001 - lxml's and python3-saml's own kinds
        return {}, f"{path} is no SAML metadata: {error}"
    idp = found.get("idp", {})
    address = idp.get("singleSignOnService", {}).get("url")
    several = idp.get("x509certMulti", {}).get("signing", [])
    certificate = idp.get("x509cert") or (several[0] if len(several) == 1 else None)
    if not (idp.get("entityId") and address and certificate):
        wanted = "an entity ID, a sign-on address and one signing certificate"
        return {}, f"{path} has to name {wanted} (use metadata_url for several)"
    return {
        "entity_id": idp["entityId"],
        "sso_url": address,
        "x509cert": certificate,
    }, ""
