"""The definitions that a new project begins with."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable


def starter_files() -> Mapping[str, bytes]:
    """Return the starter set by file name, as a definitions folder holds it.

    It works on any business with events and subscriptions, without knowing the names
    of its events; what needs another table switches itself on when that is there.

    Returns
    -------
    Mapping of str to bytes
        Names with ``/``, such as ``metrics/usage.yaml``, in alphabetical order.

    """
    root = files("banso.definitions") / "starter"
    return dict(sorted(_files_below(root, "").items()))


def _files_below(folder: Traversable, prefix: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            found |= _files_below(entry, f"{name}/")
        elif name.endswith(".yaml"):
            found[name] = entry.read_bytes()
    return found
