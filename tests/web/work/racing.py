"""Letting several act at the same moment: threads, each with its own connection."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from tests.web.work.conftest import NOW

from banso.kernel.errors import BansoError
from banso.web.accounts.models import User
from banso.web.work import operations
from banso.web.work.models import OpenPlay, WorkItem

Act = Callable[[], Any]
TIMES = 4


@pytest.fixture(autouse=True)
def database_in_a_file(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Let all threads see one database in a file, where it would be in memory."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    memory, name = connection.connection, connection.settings_dict["NAME"]
    path = tmp_path / "app.sqlite3"
    copy = sqlite3.connect(path)
    memory.backup(copy)
    copy.close()
    connection.settings_dict["NAME"] = str(path)
    connection.connection = None
    yield
    connection.close()
    connection.settings_dict["NAME"], connection.connection = name, memory


def at_once(*acts: Act) -> list[Any]:
    """Let all act at the same moment; return what each got, or was refused with."""
    barrier = threading.Barrier(len(acts))

    def one(act: Act) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            with translation.override("en"):
                return act()
        except BansoError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def refused(found: list[Any]) -> list[BansoError]:
    return [each for each in found if isinstance(each, BansoError)]


def claim(item: WorkItem) -> dict[int, int]:
    return {item.pk: item.version}


def start(item: WorkItem, by: User) -> OpenPlay:
    return operations.start_play(claim(item), play="rescue", by=by, at=NOW)
