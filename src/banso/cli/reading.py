"""Noting in the audit what a command reads of people."""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence

from banso.cli.words import tell
from banso.runs.project import Project
from banso.site.serving import DatabaseUnreachable, migrate
from banso.tables.registry import TABLES

log = logging.getLogger("banso.reads")


def note_read(project: Project, tables: Iterable[str], columns: Sequence[str]) -> None:
    """Note that rows of tables are read, when any of them tells of people.

    Who may read the project folder needs no database for it: one that does not answer
    is no reason to refuse, and is said on standard error and in the log.
    """
    read = sorted({name for name in tables if name == "quarantine" or _tells(name)})
    if not read and "contact_id" not in columns:
        return
    try:
        migrate(project)
    except DatabaseUnreachable as error:
        log.warning("unrecorded read of %s: %s", ", ".join(read), error)
        tell(
            "監査ログに記録できませんでした: {cause}",
            "The audit could not note this read: {cause}",
            cause=error,
        )
        return
    from banso.site.personal_reads import note_table_reads  # noqa: PLC0415  after the settings

    note_table_reads(read, columns, at=dt.datetime.now(dt.UTC))


def _tells(name: str) -> bool:
    spec = TABLES.get(name)
    return spec is not None and (
        "contact_id" in spec.by_name or any(c.free_text for c in spec.columns)
    )
