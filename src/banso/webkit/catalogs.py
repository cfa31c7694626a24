"""Compiling translations; it needs Babel only, so that the build hook can use it."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogs(folder: Path) -> list[Path]:
    """Write the ``.mo`` beside each ``.po`` under `folder`, and return those written.

    A file that is newer than its source stays as it is.
    """
    written = []
    for source in sorted(folder.rglob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
            continue
        language = source.parent.parent.name
        with source.open("rb") as file:
            catalog = read_po(file, locale=language)
        staged = target.with_suffix(".mo.new")
        with staged.open("wb") as file:
            write_mo(file, catalog)
        staged.replace(target)
        written.append(target)
    return written
