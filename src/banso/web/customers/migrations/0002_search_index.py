"""An index of trigrams over the searched text."""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.transaction import atomic
from django.db.utils import DatabaseError

SQLITE = (
    """CREATE VIRTUAL TABLE customers_search USING fts5(
    search, content='customers_customernow', content_rowid='number',
    tokenize='trigram case_sensitive 1')""",
    """CREATE TRIGGER customers_search_new AFTER INSERT ON customers_customernow BEGIN
    INSERT INTO customers_search(rowid, search) VALUES (new."number", new."search");
    END""",
    """CREATE TRIGGER customers_search_gone AFTER DELETE ON customers_customernow BEGIN
    INSERT INTO customers_search(customers_search, rowid, search)
    VALUES ('delete', old."number", old."search");
    END""",
    """CREATE TRIGGER customers_search_changed
    AFTER UPDATE OF "search" ON customers_customernow
    WHEN old."search" <> new."search" BEGIN
    INSERT INTO customers_search(customers_search, rowid, search)
    VALUES ('delete', old."number", old."search");
    INSERT INTO customers_search(rowid, search) VALUES (new."number", new."search");
    END""",
)
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """CREATE INDEX customers_trigrams ON customers_customernow
    USING gin (search gin_trgm_ops)""",
)


def add_index(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Add the index; a database that cannot have one searches without it."""
    statements = {"sqlite": SQLITE, "postgresql": _POSTGRESQL}
    connection = editor.connection
    try:
        with atomic(using=connection.alias), connection.cursor() as cursor:
            for statement in statements[connection.vendor]:
                cursor.execute(statement)
    except DatabaseError:  # SQLite without FTS5, or no right to add an extension
        return


class Migration(migrations.Migration):  # noqa: D101
    dependencies: ClassVar = [("customers", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(add_index)]
