"""Users as programs of administrators name and read them."""

import datetime as dt
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from banso.web.accounts.operations import Person
from banso.webkit.api.bodies import Body
from banso.webkit.permissions import Role, Scope

RoleName = Literal["administrator", "ops", "lead", "csm", "read_only"]
ScopeName = Literal["own", "team", "all"]


class UserOut(Schema):
    """A user of the site."""

    user_id: int
    email: str
    name: str
    role: RoleName
    scope: ScopeName
    team: Annotated[str, Field(description="By name; empty: none.")]
    language: str
    is_active: Annotated[bool, Field(description="May sign in.")]
    has_second_factor: bool
    created_at: dt.datetime


class UsersOut(Schema):
    """All users, the active ones first, by name."""

    items: list[UserOut]


class PersonIn(Body):
    """Who a user is, and what they may do."""

    email: Annotated[str, Field(min_length=3, max_length=254)]
    name: Annotated[str, Field(max_length=100)] = ""
    role: RoleName
    scope: ScopeName
    team: Annotated[
        str, Field(max_length=100, description="A new name makes a new team.")
    ] = ""

    @property
    def person(self) -> Person:
        """What an administrator decides."""
        return Person(
            email=self.email,
            name=self.name,
            role=Role(self.role),
            scope=Scope(self.scope),
            team=self.team,
        )


class NewUserIn(PersonIn):
    """A user to add."""

    password: Annotated[
        str | None,
        Field(
            max_length=200,
            description="null: none; the person signs in by a provider or a passkey.",
        ),
    ] = None


class ActivityIn(Body):
    """Whether a user may sign in."""

    is_active: bool
