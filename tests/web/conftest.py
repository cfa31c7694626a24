"""The cast of all web tests, and clients that are signed in."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from banso.runs.project import Project
from banso.web.accounts import operations
from banso.web.accounts.models import User
from banso.webkit.permissions import Role, Scope

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

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


PublishForModule = Callable[..., None]


@pytest.fixture(scope="module")
def publish_for_module(
    django_db_setup: None, django_db_blocker: "DjangoDbBlocker"
) -> Iterator[PublishForModule]:
    """Return a function: publish a project's newest release for all tests of a module.

    That takes half a second. Each test works on it in a transaction of its own, within
    the one that ends with the module.
    """
    from banso.web.customers.operations import publish_newest  # noqa: PLC0415

    def publish(project: Project, *, at: dt.datetime) -> None:
        of_project = override_settings(BANSO_PROJECT_FOLDER=project.folder)
        with django_db_blocker.unblock(), of_project:
            publish_newest(project, at=at)

    held = transaction.atomic()
    with django_db_blocker.unblock():
        held.__enter__()
    yield publish
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        held.__exit__(None, None, None)


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
