"""Where a report is written to: a file of a kind that it can be."""

from pathlib import Path
from typing import Final

from banso.kernel.errors import BansoError

_HTML: Final = (".html", ".htm")


class NotHtml(BansoError):
    """Refuse a file that is no HTML document."""

    code = "not_html"


class NotADocument(BansoError):
    """Refuse a file that is neither an HTML document nor a PDF."""

    code = "not_a_document"


class NoSuchFolder(BansoError):
    """Refuse to write into a folder that is not there."""

    code = "no_such_folder"


def is_pdf(out: Path) -> bool:
    """Return whether a file is named as a PDF."""
    return out.suffix.lower() == ".pdf"


def refuse_place(out: Path, *, can_be_pdf: bool = False) -> None:
    """Refuse a file of another kind, or whose folder is not there.

    Raises
    ------
    NotHtml, NotADocument
        The name ends in something else than what the report can be.
    NoSuchFolder
        Its folder is not there.

    """
    ending = out.suffix or out.name
    better = out.with_suffix(".html")
    if out.suffix.lower() not in _HTML and not can_be_pdf:
        raise NotHtml(
            f"A report is an HTML document, not '{ending}'.",
            hint=f"Call it {better}; a browser prints it as a PDF.",
            ending=ending,
            better=str(better),
        )
    if out.suffix.lower() not in _HTML and not is_pdf(out):
        raise NotADocument(
            f"A report is an HTML document or a PDF, not '{ending}'.",
            hint=f"Call it {better} or {out.with_suffix('.pdf')}.",
            ending=ending,
            better=str(better),
            pdf=str(out.with_suffix(".pdf")),
        )
    if not out.parent.is_dir():
        raise NoSuchFolder(
            f"There is no folder {out.parent}.",
            hint="Make it first.",
            folder=str(out.parent),
        )
