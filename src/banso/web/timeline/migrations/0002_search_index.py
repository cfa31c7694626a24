"""An index of trigrams over the searched text of entries."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.transaction import atomic
from django.db.utils import DatabaseError

_SQLITE = (
    """CREATE VIRTUAL TABLE timeline_search USING fts5(
    search, content='timeline_entry', content_rowid='id',
    tokenize='trigram case_sensitive 1')""",
    """CREATE TRIGGER timeline_search_new AFTER INSERT ON timeline_entry BEGIN
    INSERT INTO timeline_search(rowid, search) VALUES (new."id", new."search");
    END""",
    """CREATE TRIGGER timeline_search_gone AFTER DELETE ON timeline_entry BEGIN
    INSERT INTO timeline_search(timeline_search, rowid, search)
    VALUES ('delete', old."id", old."search");
    END""",
    """CREATE TRIGGER timeline_search_changed
    AFTER UPDATE OF "search" ON timeline_entry
    WHEN old."search" <> new."search" BEGIN
    INSERT INTO timeline_search(timeline_search, rowid, search)
    VALUES ('delete', old."id", old."search");
    INSERT INTO timeline_search(rowid, search) VALUES (new."id", new."search");
    END""",
)
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """CREATE INDEX timeline_trigrams ON timeline_entry
    USING gin (search gin_trgm_ops)""",
)


def add_index(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Add the index; a database that cannot have one searches without it."""
    statements = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
    connection = editor.connection
    try:
        with atomic(using=connection.alias), connection.cursor() as cursor:
            for statement in statements[connection.vendor]:
                cursor.execute(statement)
    except DatabaseError:  # SQLite without FTS5, or no right to add an extension
        return


class Migration(migrations.Migration):  # noqa: D101
    dependencies: ClassVar = [("timeline", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(add_index)]
