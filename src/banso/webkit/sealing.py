"""Secrets that the app has to know again, encrypted with the key of the project."""

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models


def seal(text: str, *, purpose: str) -> str:
    """Encrypt a secret; what is sealed for one purpose cannot be read for another."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str | None:
    """Return a sealed secret; None when another key or purpose sealed it."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _fernet(purpose: str) -> Fernet:
    key = hashlib.sha256(purpose.encode() + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SealedField(models.TextField):  # type: ignore[type-arg]  # Any of both
    """A secret: sealed in the database, readable in Python; empty when it cannot be."""

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return what a migration writes down, with the purpose."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_prep_value(self, value: Any) -> Any:
        """Seal what goes into the database."""
        return seal(str(value), purpose=self.purpose) if value else value

    def from_db_value(self, value: str | None, *_where: object) -> str | None:
        """Read what comes from there."""
        return (unseal(value, purpose=self.purpose) or "") if value else value
