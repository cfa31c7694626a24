"""What the command line says, in the language of the terminal."""

import os
import sys
from typing import TextIO

from banso.kernel.labels import Label, Language

_VARIABLES = ("BANSO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language() -> Language:
    """Return the language to speak: Japanese when the terminal is, else English.

    The first of ``BANSO_LANG``, ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set
    decides, as for other programs.
    """
    for variable in _VARIABLES:
        if value := os.environ.get(variable):
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


def words(ja: str, en: str, **values: object) -> str:
    """Return a sentence in the language to speak, with `values` filled in."""
    text = Label(ja=ja, en=en).in_language(language())
    return text.format(**values) if values else text


def say(ja: str, en: str, **values: object) -> None:
    """Print a sentence to standard output."""
    write_line(words(ja, en, **values))


def tell(ja: str, en: str, **values: object) -> None:
    """Print a sentence to standard error: progress and remarks, never data."""
    write_line(words(ja, en, **values), sys.stderr)


def write_line(text: str = "", stream: TextIO | None = None) -> None:
    """Print a line at once, also when a pipe would hold it back."""
    stream = stream or sys.stdout
    stream.write(text + "\n")
    stream.flush()


def program() -> str:
    """Return how this program was called, for hints that can be typed as they are."""
    return os.environ.get("BANSO_PROGRAM", "banso")
