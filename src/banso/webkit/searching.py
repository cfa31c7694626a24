"""Texts as people search them, in any script."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

TRIGRAM: Final = 3
MAX_WORDS: Final = 8

_LONG_FORMS: Final = {"株": "株式会社", "有": "有限会社", "資": "合資会社"}
_SHORT_FORM: Final = re.compile(r"\(([株有資])\)")


def normalized(text: str) -> str:
    """Return a text as it is searched: half-width kana become full-width and so on.

    ``㈱`` and ``(株)`` are written out, so that either finds the other.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _SHORT_FORM.sub(lambda match: _LONG_FORMS[match.group(1)], plain)


def words_of(question: str) -> Sequence[str]:
    """Return the words that a text must all contain."""
    return normalized(question).split()[:MAX_WORDS]


def phrases_of(words: Sequence[str]) -> str:
    """Return the words as SQLite's index of trigrams asks for them.

    Words of fewer than three characters are not in it; empty when none is left.
    """
    long = [word for word in words if len(word) >= TRIGRAM]
    return " AND ".join('"' + word.replace('"', '""') + '"' for word in long)
