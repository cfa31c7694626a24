"""Programs that come with tokens of the cast."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.customers.conftest import add_customer

from banso.web.accounts.models import User
from banso.web.tokens import limits, operations

__all__ = ["add_customer"]
Program = Callable[..., Client]


@pytest.fixture(autouse=True)
def _own_shares() -> Iterator[None]:
    """Let no test count requests of another one: keys are used again."""
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def program() -> Program:
    """Return a function: a client with a new token of a user."""

    def start(user: User, *scopes: str, language: str = "en") -> Client:
        made = operations.make_token(
            user=user, name="Test", scopes=scopes or ("write",), days=1, by=None,
            at=timezone.now(),
        )  # fmt: skip
        headers = {"host": "localhost", "authorization": f"Bearer {made.secret}"}
        if language:
            headers["accept-language"] = language
        return Client(headers=headers)

    return start
