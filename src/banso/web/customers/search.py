"""Finding customers by a part of their name, in any script."""

import unicodedata
from typing import Final

NAME_LENGTH: Final = 300
ID_LENGTH: Final = 100
MIN_TRIGRAM: Final = 3


def normalized(text: str) -> str:
    """Return a text as it is searched: half-width kana become full-width and so on."""
    return unicodedata.normalize("NFKC", text).casefold()


def searched_text(name: str, customer_id: str) -> str:
    """Return what a search looks through: the name, then the id.

    Both are cut, for the sake of the index: a longer name is found by its beginning.
    """
    return f"{normalized(name)[:NAME_LENGTH]}\n{normalized(customer_id)[:ID_LENGTH]}"
