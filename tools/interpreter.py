"""Finds a Python that is new enough; this file itself has to run on any Python 3."""

import os
import sys
from pathlib import Path

OLDEST = (3, 11)
NEWEST_TRIED = 14


def hand_over_to_new_enough() -> None:
    """Go on in this Python, in a newer one that is installed, or not at all."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in range(NEWEST_TRIED, OLDEST[1] - 1, -1):
        found = _find("python3." + str(minor))
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606  no shell is wanted
    have = ".".join(map(str, sys.version_info[:2])) + " (" + sys.executable + ")"
    need = ".".join(map(str, OLDEST))
    if os.environ.get("LANG", "").startswith("ja"):
        text = "エラー: Python " + need + " 以上が必要です。いまは " + have + " です。"
    else:
        text = "error: Python " + need + " or newer is needed; this is " + have + "."
    sys.stderr.write(text + "\n")
    sys.exit(2)


def _find(name: str) -> str:
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder) / name
        if path.is_file() and os.access(str(path), os.X_OK):
            return str(path)
    return ""
