"""Upgrades of the app database: what an older Banso wrote is there afterwards."""

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connections, models
from django.db.migrations.executor import MigrationExecutor

FRESH = "fresh"
AT = dt.datetime(2026, 11, 23, 9, 5, tzinfo=dt.UTC)


@pytest.fixture
def fresh(tmp_path: Path, django_db_blocker: object) -> Iterator[str]:
    """Return the alias of an empty database, of the same kind as that of the tests."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield from _empty_database(tmp_path)


def _empty_database(folder: Path) -> Iterator[str]:
    default = connections["default"]
    settings = {**default.settings_dict, "TEST": default.settings_dict["TEST"]}
    name = f"banso_upgrade_{uuid.uuid4().hex[:12]}"
    on_server = default.vendor == "postgresql"
    if on_server:
        with default.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    settings["NAME"] = name if on_server else str(folder / "app.sqlite3")
    connections.databases[FRESH] = settings
    try:
        yield FRESH
    finally:
        connections[FRESH].close()
        del connections[FRESH], connections.databases[FRESH]
        if on_server:
            with default.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')


def first_migrations(executor: MigrationExecutor) -> list[tuple[str, str]]:
    """Return the first migration of each app that has any."""
    return sorted(
        key for key in executor.loader.graph.root_nodes() if key[1].startswith("0001")
    )


def value_for(field: models.Field, made: dict[str, list[models.Model]]) -> object:
    """Return something that a column can hold."""
    if isinstance(field, models.ForeignKey):
        return made[field.related_model._meta.label][0].pk
    if field.choices:
        return field.choices[0][0]
    for kind, value in (
        (models.BooleanField, False),
        (models.DateTimeField, AT),
        (models.DateField, AT.date()),
        (models.DecimalField, Decimal(1)),
        (models.FloatField, 0.5),
        (models.UUIDField, uuid.UUID(int=7)),
        (models.JSONField, {}),
        (models.BinaryField, b"7"),
        (models.IntegerField, 1),
        (models.GenericIPAddressField, "192.0.2.1"),
        (models.EmailField, "aoi@example.com"),
        (models.CharField, "7"),
        (models.TextField, "株式会社七"),
    ):
        if isinstance(field, kind):
            return value
    message = f"no value for {field!r}"
    raise TypeError(message)


def add_a_row_of_each(state: object) -> dict[str, int]:
    """Add a row to each table of ours; return how many there are, by label."""
    made: dict[str, list[models.Model]] = {}
    waiting = [
        model
        for model in state.apps.get_models()  # type: ignore[attr-defined]
        if model._meta.app_label in OURS
    ]
    while waiting:
        ready = [model for model in waiting if not _missing(model, made)]
        assert ready, waiting
        for model in ready:
            values = {
                field.attname: value_for(field, made)
                for field in model._meta.concrete_fields
                if not (isinstance(field, models.AutoField) or field.null)
            }
            made[model._meta.label] = [model.objects.using(FRESH).create(**values)]
        waiting = [model for model in waiting if model not in ready]
    return {label: len(rows) for label, rows in made.items()}


def _missing(model: type[models.Model], made: dict[str, list[models.Model]]) -> bool:
    needed = [
        field.related_model
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and not field.null
    ]
    return any(each._meta.label not in made for each in needed)


OURS = frozenset(
    path.parent.parent.name
    for path in Path(__file__).parents[2].glob("src/banso/web/*/migrations/0001*.py")
)


def test_rows_of_each_first_state_survive_all_migrations(fresh):
    connection = connections[fresh]
    executor = MigrationExecutor(connection)
    state = executor.migrate(first_migrations(executor))
    written = add_a_row_of_each(state)

    newest = MigrationExecutor(connection)
    state = newest.migrate(newest.loader.graph.leaf_nodes())

    assert {label.split(".")[0] for label in written} == OURS
    kept = {
        label: state.apps.get_model(label).objects.using(fresh).count()
        for label in written
    }
    assert kept == written
    assert not MigrationExecutor(connection).migration_plan(
        newest.loader.graph.leaf_nodes()
    )
