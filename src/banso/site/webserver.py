"""The process that answers HTTP, started by `serving` as its child."""

import ctypes
import faulthandler
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from granian.server.common import AbstractServer

from banso.kernel.garbage import look_seldom

PARENT = "BANSO_SERVED_BY"
PR_SET_PDEATHSIG = 1
FOR_GOOD = 10 * 365 * 86_400  # seconds


def die_with_parent() -> None:
    """Ask the kernel for TERM when the parent dies, however it dies.

    Linux only; elsewhere a killed supervisor leaves its children to be stopped by hand.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> None:
    """Serve on the address of the command line: host, port, number of workers.

    A worker that dies is replaced, and the others answer meanwhile. One that dies again
    within seconds of its start ends the server: what is wrong then does not pass.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # the parent may have had them ignored
    die_with_parent()
    if str(os.getppid()) != os.environ.get(PARENT):
        return  # the parent died before we asked
    host, port, workers = sys.argv[1:4]
    server_of(host, int(port), int(workers)).serve(target_loader=_application)


def server_of(host: str, port: int, workers: int) -> AbstractServer[Any]:
    """Return the server of the pages.

    Its threads stay for good. By itself it ends those that had nothing to do for a
    while, and in Python before 3.12.4 a thread that ends may crash the process: what it
    held (an open database, a release) is taken apart after its state was counted as
    given back, and is given back again by whatever asks for it meanwhile (CPython issue
    119585). The check of the setting allows ten minutes at most, so it is set after.
    """
    server = Server(
        "banso.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        backlog=1024,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=1,
        respawn_failed_workers=True,
    )
    stay = partial(setattr, server, "blocking_threads_idle_timeout", FOR_GOOD)
    server.on_startup(stay)
    return server


def _application(_target: str) -> Callable[..., Any]:
    """Return the application in a worker.

    The server's own loader puts the current folder before all modules: a user's
    ``attr.py`` there would be imported by whatever needs the package of that name.
    """
    look_seldom()
    from banso.site.wsgi import application  # noqa: PLC0415 - only in a worker

    # Altair looks for a pandas that is loaded: two first pages at once would find half.
    with suppress(ImportError):
        import_module("pandas")
    faulthandler.enable()  # a crash in compiled code says where the pages were

    served: Callable[..., Any] = application
    return served


if __name__ == "__main__":
    main()
