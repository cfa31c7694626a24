"""How people sign in, as the section ``[sign_in]`` of ``banso.toml`` says."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from banso.kernel.nearness import did_you_mean
from banso.runs.project import SETTINGS_FILE, ProjectFileInvalid

RoleName = Literal["administrator", "ops", "lead", "csm", "read_only"]
ScopeName = Literal["own", "team", "all"]
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _domain(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text.lower()):
        raise ValueError("has to be the part behind the @, such as example.co.jp")
    return text.lower()


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme == "https" and parts.hostname:
        return text
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return text  # a provider on the same machine, for trying it
    raise ValueError("has to be an address that begins with https://")


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Address = Annotated[str, AfterValidator(_address)]
Domains = Annotated[list[Annotated[str, AfterValidator(_domain)]], Field(min_length=1)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Standing(_Section):
    """What a person becomes who is not known yet."""

    role: RoleName = "read_only"
    scope: ScopeName = "own"
    team: str = ""


class Oidc(_Section):
    """An OpenID Connect provider: such as Entra, Okta or Google."""

    id: Key  # within addresses
    name: Text  # on the button
    issuer: Address
    client_id: Text
    client_secret_env: Text | None = None
    client_secret_file: Text | None = None
    email_domains: Domains
    trust_email: bool = False  # it never says email_verified: Entra

    @model_validator(mode="after")
    def _one_secret(self) -> "Oidc":
        if bool(self.client_secret_env) == bool(self.client_secret_file):
            raise ValueError(
                "needs one of client_secret_env (the name of an environment "
                "variable) and client_secret_file (a path)"
            )
        return self


class Saml(_Section):
    """A SAML 2.0 identity provider."""

    id: Key
    name: Text
    metadata_file: Text | None = None  # beside banso.toml
    metadata_url: Address | None = None
    entity_id: Text | None = None  # which, when the metadata describe several
    email_attribute: Text | None = None
    email_domains: Domains

    @model_validator(mode="after")
    def _one_source(self) -> "Saml":
        if bool(self.metadata_file) == bool(self.metadata_url):
            raise ValueError("needs one of metadata_file and metadata_url")
        return self


class ScimGroup(_Section):
    """What the members of a group of the directory are here."""

    name: Text
    role: RoleName | None = None
    scope: ScopeName | None = None
    team: Text | None = None


class Scim(Standing):
    """What the directory's people become; groups are looked at in their order."""

    groups: list[ScimGroup] = []


class SignIn(_Section):
    """The whole section."""

    password: bool = True
    passkeys: bool = True
    two_factors: list[RoleName] = []  # the roles that must have a second factor
    provision: Standing | None = None  # None: who is not known may not enter
    oidc: list[Oidc] = []
    saml: list[Saml] = []
    scim: Scim = Scim()

    @model_validator(mode="after")
    def _somebody_may_enter(self) -> "SignIn":
        if not (self.password or self.oidc or self.saml):
            raise ValueError(
                "nobody could sign in: let password be true, or add [[sign_in.oidc]] "
                "or [[sign_in.saml]]"
            )
        ids = Counter(
            [*(each.id for each in self.oidc), *(each.id for each in self.saml)]
        )
        twice = sorted(key for key, times in ids.items() if times > 1)
        if twice:
            raise ValueError(f"the id {twice[0]!r} is given to two providers")
        return self


def read_sign_in(section: Mapping[str, object], folder: Path) -> SignIn:
    """Return how people sign in.

    Parameters
    ----------
    section
        The values of ``[sign_in]``; empty when the file has none.
    folder
        The project's, for the file that is named in a refusal.

    Raises
    ------
    ProjectFileInvalid
        With file, key and what is expected, for every fault.

    """
    try:
        return SignIn.model_validate(section)
    except ValidationError as error:
        faults = [_said(each) for each in error.errors(include_url=False)]
        path = folder / SETTINGS_FILE
        raise ProjectFileInvalid(
            f"{path}: {'; '.join(faults)}",
            hint=f"Mend {path} and try again.",
            path=str(path),
            faults=faults,
        ) from error


def _said(fault: ErrorDetails) -> str:
    """Word one fault: the key, then what is expected."""
    place = "sign_in" + "".join(
        f"[{part + 1}]" if isinstance(part, int) else f".{part}"
        for part in fault["loc"]
    )
    if fault["type"] == "extra_forbidden":
        known = _known_keys(fault["loc"])
        return f"unknown key {place}. {did_you_mean(str(fault['loc'][-1]), known)}"
    if fault["type"] == "missing":
        return f"{place} is missing"
    if fault["type"] == "value_error":
        return f"{place} {fault['msg'].removeprefix('Value error, ')}"
    expected = _EXPECTED.get(fault["type"])
    wanted = expected(fault) if expected else fault["msg"]
    return f"{place} has to be {wanted}, not {fault['input']!r}"


_EXPECTED: Mapping[str, Callable[[ErrorDetails], str]] = {
    "bool_type": lambda _: "true or false",
    "string_type": lambda _: "a text",
    "string_too_short": lambda _: "a text that is not empty",
    "string_pattern_mismatch": lambda _: "small letters, digits and hyphens",
    "list_type": lambda _: "a list",
    "too_short": lambda _: "a list that is not empty",
    "literal_error": lambda fault: fault["ctx"]["expected"],
    "model_type": lambda _: "a section",
}
_PARTS: Mapping[str, type[BaseModel]] = {
    "oidc": Oidc,
    "saml": Saml,
    "scim": Scim,
    "groups": ScimGroup,
    "provision": Standing,
}


def _known_keys(place: Sequence[int | str]) -> Sequence[str]:
    names = [part for part in place[:-1] if isinstance(part, str)]
    model = _PARTS.get(names[-1], SignIn) if names else SignIn
    return list(model.model_fields)
