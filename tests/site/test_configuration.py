"""What the site takes from the project and the environment."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection

from banso.site.configuration import (
    BadDatabaseUrl,
    database_settings,
    read_configuration,
    secret_key,
)


def test_secret_key_is_made_once_and_kept_to_its_owner(tmp_path):
    first, second = secret_key(tmp_path / "p"), secret_key(tmp_path / "p")

    assert first == second
    assert len(first) >= 50
    mode = (tmp_path / "p" / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["secret_key"]


def test_processes_that_start_together_agree_on_the_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(secret_key, [tmp_path / "p"] * 32))

    assert len(keys) == 1


def test_postgresql_url_is_taken_apart():
    found = database_settings(
        "postgresql://us%40er:p%2Fw@db.example:6432/app?sslmode=require"
    )

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"]) == ("us@er", "p/w")
    assert (found["HOST"], found["PORT"], found["NAME"]) == (
        "db.example",
        "6432",
        "app",
    )
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_sqlite_path_may_be_absolute():
    assert database_settings("sqlite:////var/x y.sqlite3")["NAME"] == "/var/x y.sqlite3"


@pytest.mark.parametrize("url", ["mysql://u:secret@h/n", "postgresql://h", "nonsense"])
def test_other_database_is_refused_without_its_password(url):
    with pytest.raises(BadDatabaseUrl) as refusal:
        database_settings(url)

    assert "secret" not in str(refusal.value)


def test_hosts_and_https_come_from_the_environment():
    found = read_configuration(
        {"BANSO_HOSTS": "cs.example.com, .example.org", "BANSO_HTTPS": "1"}
    )

    assert found.hosts == ("cs.example.com", ".example.org")
    assert found.https


def test_company_sets_language_zone_and_currency():
    assert settings.LANGUAGE_CODE == "ja"
    assert settings.TIME_ZONE == "Asia/Tokyo"
    assert settings.BANSO_CURRENCY == "JPY"
    assert settings.BANSO_COMPANY_NAME == "青空クラウド株式会社"
    assert settings.BANSO_PROJECT_FOLDER.is_dir()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database is not SQLite")
@pytest.mark.django_db
def test_sqlite_lets_writers_wait_for_one_another():
    options = settings.DATABASES["default"]["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "journal_mode=WAL" in options["init_command"]


@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="BANSO_TEST_POSTGRES_URL is not set"
)
def test_tests_run_on_postgresql_when_asked_to():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        assert cursor.fetchone()
