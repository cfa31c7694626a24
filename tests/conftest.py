"""A temporary project for the web, made before Django's settings are read."""

import atexit
import gc
import gettext
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.functional import empty
from django.utils.translation import trans_real
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadFileScheduling

# A slow machine is no finding: no test fails for the time that it takes.
hypothesis_settings.register_profile(
    "banso", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("banso")

PROJECT_FILE = """\
[company]
name = "青空クラウド株式会社"
timezone = "Asia/Tokyo"
currency = "JPY"
language = "ja"
"""


def _make_project() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="banso-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "banso.toml").write_text(PROJECT_FILE, encoding="utf-8")
    return folder


# As a run does: threads that wait for each other make small fits ten times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["BANSO_PROJECT"] = str(_make_project())
os.environ.pop("BANSO_HOSTS", None)
os.environ.pop("BANSO_HTTPS", None)
if os.environ.get("BANSO_TEST_POSTGRES_URL"):
    os.environ["BANSO_DATABASE_URL"] = os.environ["BANSO_TEST_POSTGRES_URL"]
else:
    os.environ.pop("BANSO_DATABASE_URL", None)


def _forget_settings() -> None:
    """Let Django read its settings again, now that there is a project.

    pytest-django sets Django up, without a project, before any conftest is loaded.
    """
    sys.modules.pop("banso.site.settings", None)
    settings._wrapped = empty
    connections.close_all()
    del connections[DEFAULT_DB_ALIAS]
    connections._settings = None
    del connections.settings  # kept from the first reading


_forget_settings()


def _compile_translations() -> None:
    from banso.webkit.catalogs import compile_catalogs  # noqa: PLC0415

    for folder in map(Path, sys.path):
        if (folder / "banso" / "webkit").is_dir():
            compile_catalogs(folder / "banso")
    gettext._translations.clear()  # of what Django read before
    trans_real._translations.clear()
    trans_real._default = None


_compile_translations()

# Their files share a company that takes long to make, so one process has all of them.
TOGETHER = (
    *("tests/journeys/", "tests/demo/", "tests/web/customer/"),
    *("tests/web/data/", "tests/web/definitions/", "tests/web/drivers/"),
    *("tests/web/timeline/",),
)


class _ByCompany(LoadFileScheduling):
    """Give a process whole files, and whole folders where a company is shared."""

    def _split_scope(self, nodeid: str) -> str:
        shared = (folder for folder in TOGETHER if nodeid.startswith(folder))
        return next(shared, super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _ByCompany:
    """Share the tests out among the processes."""
    return _ByCompany(config, log)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays to the end: a few seconds."""
    gc.freeze()


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first, so that no process is left alone with it.

    In each file, what needs a release that is published for all of its tests comes
    after what needs an empty database.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    files: dict[str, int] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], len(files))
    items.sort(
        key=lambda item: (
            files[item.nodeid.partition("::")[0]],
            "published" in getattr(item, "fixturenames", ()),
        )
    )
