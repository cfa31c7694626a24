"""Texts that exist in Japanese and English."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]


@dataclass(frozen=True)
class Label:
    """A short text in both languages of the house."""

    ja: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the text for a language code; everything but ``ja`` reads English."""
        return self.ja if language.startswith("ja") else self.en
