"""What a directory sends, checked."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.alias_generators import to_camel

from banso.web.scim.faults import ScimRefused

USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"

Json = Mapping[str, object]
Sent = TypeVar("Sent", bound="_Sent")


class _Sent(BaseModel):
    """A part of what is sent; attributes that we do not keep are left out."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True
    )


class Name(_Sent):
    """The parts of a name."""

    formatted: str | None = None
    given_name: str | None = Field(None, max_length=100)
    family_name: str | None = Field(None, max_length=100)


class Email(_Sent):
    """One e-mail of a person."""

    value: str | None = None
    type: str | None = None
    primary: bool = False


class UserSent(_Sent):
    """A person as a directory has them."""

    user_name: str = Field(min_length=1, max_length=254)
    external_id: str | None = Field(None, max_length=254)
    display_name: str | None = None
    name: Name | None = None
    emails: list[Email] = []
    active: bool | None = None  # as it is; a new person is active

    @field_validator("emails", mode="before")
    @classmethod
    def _none_is_empty(cls, value: object) -> object:
        return [] if value is None else value

    @property
    def email(self) -> str:
        """The e-mail to sign in with: the primary one, else the first, else the name.

        A user name that is an e-mail is taken where none is given.
        """
        given = [each for each in self.emails if each.value]
        given.sort(key=lambda each: (not each.primary, each.type != "work"))
        return ((given[0].value if given else None) or self.user_name).strip().lower()

    @property
    def shown_name(self) -> str:
        """The name as people read it: Japanese ones with the family name first."""
        name = self.name or Name()
        if said := (self.display_name or name.formatted or "").strip():
            return said[:100]
        given, family = (name.given_name or ""), (name.family_name or "")
        parts = [family, given] if _is_eastern(given + family) else [given, family]
        return " ".join(part.strip() for part in parts if part.strip())[:100]


class Member(_Sent):
    """One member of a group."""

    value: str


class GroupSent(_Sent):
    """A group as a directory has it."""

    display_name: str = Field(min_length=1, max_length=254)
    external_id: str | None = Field(None, max_length=254)
    members: list[Member] = []

    @field_validator("members", mode="before")
    @classmethod
    def _none_is_empty(cls, value: object) -> object:
        return [] if value is None else value


class Change(_Sent):
    """One operation of a PATCH."""

    op: Literal["add", "replace", "remove"]
    path: str | None = None
    value: object = None

    @field_validator("op", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value  # Entra: "Replace"


class PatchSent(_Sent):
    """The operations of a PATCH."""

    operations: list[Change] = Field(alias="Operations", min_length=1, max_length=1000)


def read(model: type[Sent], sent: object) -> Sent:
    """Return what was sent, whatever the case of its attributes' names.

    Raises
    ------
    ScimRefused
        With every fault and its attribute.

    """
    try:
        return model.model_validate(_cased(model, sent))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in each['loc']) or 'body'}: {each['msg']}"
            for each in error.errors(include_url=False)
        )
        kind = "invalidValue" if model is not PatchSent else "invalidSyntax"
        raise ScimRefused(faults, kind=kind) from error


def _cased(model: type[BaseModel], sent: object) -> object:
    if not isinstance(sent, dict):
        return sent
    names = {
        (field.alias or name).lower(): field.alias or name
        for name, field in model.model_fields.items()
    }
    return {names.get(str(key).lower(), key): value for key, value in sent.items()}


def _is_eastern(text: str) -> bool:
    return any("CJK" in unicodedata.name(sign, "") for sign in text) or bool(
        re.search(r"[぀-ヿ]", text)
    )
