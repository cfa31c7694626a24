"""What the settings take from the project folder and from the environment."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.runs.retention_rules import rules_of
from banso.site.run_settings import DEFAULT, read_json_logs, read_run_every
from banso.site.sign_in import SignIn, read_sign_in

PROJECT = "BANSO_PROJECT"
HOSTS = "BANSO_HOSTS"
HTTPS = "BANSO_HTTPS"


class BadDatabaseUrl(BansoError):
    """Refuse a database URL that names no database Banso can use."""

    code = "bad_database_url"


@dataclass(frozen=True)
class Configuration:
    """The settings that differ between sites."""

    company_name: str
    language: str
    timezone: str
    currency: str
    database_url: str
    secret_key: str
    project_folder: Path | None  # None: tools that load settings without a project
    hosts: tuple[str, ...]  # beside localhost
    https: bool  # reached through a proxy that ends TLS and says so in its headers
    sign_in: SignIn
    run_every: str = DEFAULT  # rest between live runs, or a cron line; "": none
    json_logs: bool = False
    retention_daily: bool = False  # the worker takes out what is no longer kept


def read_configuration(environ: Mapping[str, str]) -> Configuration:
    """Return the configuration of the project that BANSO_PROJECT names.

    Without one, a configuration in memory: enough for type checkers and for
    ``makemigrations``, never for serving, which demands a project.
    """
    hosts = tuple(host.strip() for host in environ.get(HOSTS, "").split(","))
    named = tuple(host for host in hosts if host)
    https = environ.get(HTTPS, "") not in ("", "0")
    folder = environ.get(PROJECT)
    if not folder:
        return Configuration(
            company_name="",
            language="ja",
            timezone="Asia/Tokyo",
            currency="JPY",
            database_url="sqlite://",
            secret_key=secrets.token_urlsafe(50),
            project_folder=None,
            hosts=named,
            https=https,
            sign_in=SignIn(),
        )
    project = Project.open(Path(folder))
    return Configuration(
        company_name=project.name,
        language=project.language,
        timezone=project.timezone,
        currency=project.currency,
        database_url=project.database_url,
        secret_key=secret_key(project.private_folder),
        project_folder=project.folder,
        hosts=named,
        https=https,
        sign_in=sign_in_of(project),
        run_every=read_run_every(_section(project, "run")),
        json_logs=read_json_logs(_section(project, "log"), environ),
        retention_daily=rules_of(project).daily,
    )


def sign_in_of(project: Project) -> SignIn:
    """Return how people sign in to a project.

    Raises
    ------
    ProjectFileInvalid
        Its ``[sign_in]`` cannot be followed.

    """
    return read_sign_in(_section(project, "sign_in"), project.folder)


def _section(project: Project, name: str) -> Mapping[str, object]:
    section = project.site[name]
    return section if isinstance(section, dict) else {}


def secret_key(folder: Path) -> str:
    """Return the project's secret key; the first call makes it, readable to its owner.

    Two processes that make it at once agree: the link of the second one fails, and it
    reads what the first one wrote.
    """
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        staged = folder / f"secret_key.{secrets.token_hex(4)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(staged, flags, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(staged, path)
        except FileExistsError:
            pass
        finally:
            staged.unlink()
    return path.read_text().strip()


def database_settings(url: str) -> dict[str, object]:
    """Return Django's settings for a database URL.

    Parameters
    ----------
    url
        ``sqlite:///path`` (``sqlite://`` alone is in memory) or
        ``postgresql://user:password@host:port/name?sslmode=require``.

    Raises
    ------
    BadDatabaseUrl
        The URL has another scheme, or names no database.

    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path.removeprefix("/")) or ":memory:")
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        # the URL may hold a password: only its scheme is said
        raise BadDatabaseUrl(
            f"The database URL ({parts.scheme or 'no scheme'}) names no database.",
            hint="Write sqlite:///path or postgresql://user@host/name.",
            scheme=parts.scheme,
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(name: str) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": name,
        "OPTIONS": {
            # a writer takes its lock at BEGIN: no transaction fails half-way because
            # another one wrote in between; writers wait for one another
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # readers go on while one writes; FULL keeps an answer that was given
            # through a power cut
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
