"""The cast of all web tests, and clients that are signed in."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from banso.web.accounts import operations
from banso.web.accounts.models import User
from banso.webkit.permissions import Role, Scope

PASSWORD = "a-quiet-forest-7"
MONDAY = dt.datetime(2026, 11, 23, 9, 5, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Cast:
    """The people of every test."""

    aoi: User  # administrator, sees all customers
    ben: User  # of Aoi's team, read only, sees the team's customers
    chika: User  # of another team, a CSM, sees her own customers


def add_user(name: str, role: Role, scope: Scope, team: str) -> User:
    """Add a user the way the command line does."""
    person = operations.Person(
        email=f"{name.lower()}@example.com",
        name=name,
        role=role,
        scope=scope,
        team=team,
    )
    return operations.create_user(person, password=PASSWORD, by=None, at=MONDAY)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: object) -> None:
    """Hash passwords fast: their strength is Django's promise, not ours."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _company_time() -> None:
    """Leave no time zone behind."""
    timezone.deactivate()


@pytest.fixture
def cast(db: None) -> Cast:
    """Add Aoi, Ben and Chika."""
    return Cast(
        aoi=add_user("Aoi", Role.ADMINISTRATOR, Scope.ALL, "East"),
        ben=add_user("Ben", Role.READ_ONLY, Scope.TEAM, "East"),
        chika=add_user("Chika", Role.CSM, Scope.OWN, "West"),
    )


SignIn = Callable[..., Client]


@pytest.fixture
def signed_in() -> SignIn:
    """Return a function: a client signed in as a user, reading a language."""

    def sign_in(user: User, *, language: str = "en") -> Client:
        client = Client(headers={"host": "localhost", "accept-language": language})
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return sign_in


@pytest.fixture
def visitor() -> Client:
    """Return a client that is not signed in and reads English."""
    return Client(headers={"host": "localhost", "accept-language": "en"})


@pytest.fixture
def aoi(cast: Cast, signed_in: SignIn) -> Client:
    """Return Aoi's client, in English."""
    return signed_in(cast.aoi)


@pytest.fixture
def ben(cast: Cast, signed_in: SignIn) -> Client:
    """Return Ben's client, in English."""
    return signed_in(cast.ben)


@pytest.fixture
def chika(cast: Cast, signed_in: SignIn) -> Client:
    """Return Chika's client, in English."""
    return signed_in(cast.chika)
