"""Secrets: named in a definition, kept elsewhere, and shown nowhere."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from pydantic import model_validator

from banso.connectors.mapping import Part
from banso.kernel.errors import BansoError

_HIDDEN = "•••"


class SecretMissing(BansoError):
    """Refuse to go on without a secret that a definition names."""

    code = "secret_missing"


class Secret(Part):
    """Where a secret is kept: an environment variable, or a file of its own."""

    env: str | None = None
    file: str | None = None  # relative to the project folder

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.env is None) == (self.file is None):
            message = "a secret is {env: NAME} or {file: PATH}"
            raise ValueError(message)
        return self

    def read(self, folder: Path) -> str:
        """Return the secret.

        Parameters
        ----------
        folder
            Of the project.

        Raises
        ------
        SecretMissing
            Nothing is there.

        """
        if self.env is not None:
            found, place = os.environ.get(self.env, ""), self.env
            hint = "Set the environment variable where Banso is started."
        else:
            path = folder / str(self.file)
            place, hint = str(path), "Make the file, readable to Banso alone."
            try:
                found = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                found = ""
        if not found.strip():
            raise SecretMissing(
                f"The secret in {place} is missing.", hint=hint, place=place
            )
        return found.strip()


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return a text, such as that of a driver's error, with no secret in it.

    Of a URL the password is hidden too, as it stands there and as it is meant.
    """
    hidden: set[str] = set()
    for secret in secrets:
        hidden.add(secret)
        password = _password_in(secret)
        if password:
            hidden |= {password, unquote(password)}
    for each in sorted((h for h in hidden if h), key=len, reverse=True):
        text = text.replace(each, _HIDDEN)
    return text


def _password_in(secret: str) -> str:
    if "://" not in secret:
        return ""
    try:
        return urlsplit(secret).password or ""
    except ValueError:  # no URL after all
        return ""
