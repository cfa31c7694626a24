"""`banso serve`: one process tree that ends with its parent."""

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.site.collecting import Books
from banso.site.collector import FOLDER
from banso.site.configuration import PROJECT
from banso.site.webserver import PARENT

START_SECONDS = 60.0
STOP_SECONDS = 1.5
COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # as `prometheus_client` calls it
PORTS_TRIED = 50
COLLECT_PORT = 8001
COLLECT_ADDRESS = "BANSO_COLLECT_ADDRESS"
ROUNDS_BEFORE_RESTART = 5  # of a fifth of a second

_MIGRATING = 7_390_212  # any number that nothing else locks

_Start = Callable[[], subprocess.Popen[bytes]]


class PortTaken(BansoError):
    """Refuse a port on which something else listens."""

    code = "port_taken"


class AddressUnusable(BansoError):
    """Refuse a host or port that this machine cannot listen on."""

    code = "address_unusable"


class DatabaseUnreachable(BansoError):
    """Refuse to go on without the app database."""

    code = "database_unreachable"


class ServerStopped(BansoError):
    """Report that the web server ended by itself."""

    code = "server_stopped"


@dataclass(frozen=True)
class Processes:
    """What `serve` starts."""

    web: int = 1  # that answer; with two, a slow page does not hold up a quick one
    works: bool = True  # one beside them does the background work


ONE_EACH = Processes()


def serve(  # noqa: PLR0913  each is an option of the command
    project: Project,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    next_free_port: bool = False,
    processes: Processes = ONE_EACH,
    collect_port: int | None = None,
    ready: Callable[[str], None] = lambda _address: None,
) -> None:
    """Serve the web of a project until Ctrl-C or TERM.

    Brings the app database up to date, starts the web server as a child, and stops it
    before it returns. Must be called in the main thread, where signals arrive.

    Parameters
    ----------
    project
        Whose web.
    host, port
        Where to listen; only this machine reaches ``127.0.0.1``.
    next_free_port
        Take the next port that is free instead of refusing.
    processes
        What is started beside the collector.
    collect_port
        Where live events are taken, on the same host; None: nowhere.
    ready
        Called once with the address, as soon as the first page can be had.

    Raises
    ------
    PortTaken, AddressUnusable
        Nothing was started.
    ServerStopped
        The server ended although nobody stopped it; its own words are on stderr.

    """
    port = _usable_port(host, port, next_free_port=next_free_port)
    migrate(project)
    stopping = threading.Event()
    environment = _environment(project, host, collect_port)
    environment |= _counting(project, port)
    with (
        _signals_set(stopping),
        _kept(_worker(environment) if processes.works else None) as worker,
        _child(
            "webserver", host, port, processes.web, environment=environment
        ) as server,
        _collector(project, host, collect_port, environment) as collector,
    ):
        address = f"http://{_shown(host)}:{port}/"
        if _wait_until_up(server, host, port, stopping):
            ready(address)
        while not stopping.wait(0.2):
            if server.poll() is not None:
                raise ServerStopped(
                    f"The web server ended by itself (exit code {server.returncode}).",
                    hint="Its last lines above say why.",
                    exit_code=server.returncode,
                )
            collector.keep_going()
            worker.keep_going()
        worker.ask_to_stop()  # while the others stop


def has_app_database(project: Project) -> bool:
    """Return whether anything may have been recorded in the app."""
    path = project.database_url.removeprefix("sqlite:///")
    return path == project.database_url or Path(path).exists()


def migrate(project: Project) -> None:
    """Bring the app database of a project up to date; nothing to do is quick.

    Of several processes that start together, the others wait for the first.

    Raises
    ------
    DatabaseUnreachable
        It does not answer, or refuses.

    """
    prepare_django(project)
    from django.core.management import call_command  # noqa: PLC0415 - after the settings
    from django.db import OperationalError  # noqa: PLC0415 - likewise

    try:
        with _alone_in_the_database():
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
    except OperationalError as error:
        raise DatabaseUnreachable(
            f"The app database cannot be used: {str(error).strip().splitlines()[0]}",
            hint="Is it running, and is BANSO_DATABASE_URL, or [app] database_url in "
            "banso.toml, right?",
            cause=str(error).strip().splitlines()[0],
        ) from error


@contextmanager
def _alone_in_the_database() -> Iterator[None]:
    """Keep other processes from migrating; SQLite locks its file by itself."""
    from django.db import connection  # noqa: PLC0415 - after the settings

    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def prepare_django(project: Project) -> None:
    """Make Django ready in this process, for this project."""
    os.environ[PROJECT] = str(project.folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.site.settings")
    import django  # noqa: PLC0415 - the command line starts fast without it

    django.setup()


def _usable_port(host: str, port: int, *, next_free_port: bool) -> int:
    last = port + PORTS_TRIED if next_free_port else port
    for candidate in range(port, last + 1):
        try:
            _try_binding(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise AddressUnusable(
                    f"Cannot listen on {host}:{candidate}: {error.strerror or error}.",
                    hint="Choose another --host or --port.",
                    host=host,
                    port=candidate,
                    cause=error.strerror or str(error),
                ) from error
        else:
            return candidate
    raise PortTaken(
        f"Port {port} is taken.",
        hint=f"Stop what listens there, or choose another: --port {port + 1}.",
        port=port,
        next=port + 1,
    )


def _try_binding(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # as the server does: a port whose last connections are closing is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        # listening on every address while another listens on one binds without error
        probe.listen(1)


@contextmanager
def _signals_set(stopping: threading.Event) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def free_collect_port(host: str, asked: int | None) -> int | None:
    """Return where live events can be taken: as asked, else the usual port if free.

    Parameters
    ----------
    host
        Where the web listens.
    asked
        A port that has to be free; 0 for none at all; None when nobody asked.

    Raises
    ------
    PortTaken, AddressUnusable
        The port that was asked for cannot be had.

    """
    if asked == 0:
        return None
    try:
        return _usable_port(host, asked or COLLECT_PORT, next_free_port=False)
    except PortTaken:
        if asked is None:
            return None
        raise


def _environment(
    project: Project, host: str, collect_port: int | None
) -> dict[str, str]:
    environment = {
        **os.environ,
        PROJECT: str(project.folder),
        PARENT: str(os.getpid()),
    }
    if collect_port is not None:
        environment[COLLECT_ADDRESS] = f"http://{_shown(host)}:{collect_port}"
        environment[FOLDER] = str(project.collect_folder)
    return environment


def _counting(project: Project, port: int) -> dict[str, str]:
    """Return where the processes that answer put their counts together."""
    folder = project.private_folder / "metrics" / str(port)
    shutil.rmtree(folder, ignore_errors=True)  # of those that answered before
    folder.mkdir(parents=True)
    return {COUNTS: str(folder)}


@contextmanager
def _child(
    module: str, *arguments: object, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    child = _started(module, *arguments, environment=environment)
    try:
        yield child
    finally:
        _stop(child)


def _started(
    module: str, *arguments: object, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        # -P: no module from the folder in which somebody stands
        [
            *(sys.executable, "-P", "-m", f"banso.site.{module}"),
            *map(str, arguments),
        ],
        env=environment,
        # Ctrl-C reaches only this process, which then stops the others in order
        start_new_session=True,
    )


class _Kept:
    """A child that is started again should it end; without a start, none."""

    def __init__(self, start: _Start | None) -> None:
        self._start = start
        self._child = start() if start else None
        self._rest = 0

    def keep_going(self) -> None:
        """Start it again when it ended some rounds ago."""
        if self._start is None or self._child is None or self._child.poll() is None:
            return
        self._rest += 1
        if self._rest >= ROUNDS_BEFORE_RESTART:
            self._rest = 0
            self._child = self._start()

    def ask_to_stop(self) -> None:
        """Let it begin to stop."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

    def stop(self) -> None:
        """Stop it."""
        if self._child is not None:
            _stop(self._child)


@contextmanager
def _kept(start: _Start | None) -> Iterator[_Kept]:
    kept = _Kept(start)
    try:
        yield kept
    finally:
        kept.stop()


@contextmanager
def _collector(
    project: Project, host: str, port: int | None, environment: Mapping[str, str]
) -> Iterator[_Kept]:
    """Keep the child that takes live events, and what it and the app exchange."""
    if port is None:
        yield _Kept(None)
        return
    start = partial(_started, "collector", host, port, environment=environment)
    with Books(project).kept(), _kept(start) as collector:
        yield collector


def _worker(environment: Mapping[str, str]) -> _Start:
    """Return what starts the child that works in the background."""
    return lambda: _started("worker", environment=environment)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop a child and its workers: TERM, TERM again, KILL of the whole group."""
    for _attempt in range(2):
        if server.poll() is not None:
            break
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)  # whatever is left of the group
    server.wait()


def _wait_until_up(
    server: subprocess.Popen[bytes], host: str, port: int, stopping: threading.Event
) -> bool:
    """Return whether the server answered before it, or we, had to stop."""
    for _attempt in range(int(START_SECONDS / 0.1)):
        if server.poll() is not None or stopping.wait(0.1):
            return False
        if _answers(host, port):
            return True
    return False


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(_reached(host), port, timeout=5)
    try:
        # the name that every site allows, whatever the address is
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _reached(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _shown(host: str) -> str:
    reached = _reached(host)
    return f"[{reached}]" if ":" in reached else reached
