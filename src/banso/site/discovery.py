"""Which features there are: each folder of ``banso.web`` with an ``apps.py``."""

from pathlib import Path

import banso.web

WEB_FOLDER = Path(banso.web.__path__[0])


def feature_names() -> tuple[str, ...]:
    """Return the dotted names of the features, sorted."""
    return tuple(
        f"banso.web.{path.parent.name}" for path in sorted(WEB_FOLDER.glob("*/apps.py"))
    )


def names_with(module: str) -> tuple[str, ...]:
    """Return the features that have a module of that name, such as ``urls``."""
    return tuple(
        name
        for name in feature_names()
        if (WEB_FOLDER / name.rpartition(".")[2] / f"{module}.py").exists()
    )
