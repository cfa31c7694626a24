"""What the launchers say: in Japanese on a Japanese terminal, else in English."""

import os
import sys


def tell(ja: str, en: str) -> None:
    """Print one of two texts to standard error."""
    sys.stderr.write((ja if _is_japanese() else en) + "\n")
    sys.stderr.flush()


def _is_japanese() -> bool:
    for variable in ("BANSO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return value.lower().startswith("ja")
    return False
