"""Processes that die just before one of their changes of files, to try each of them."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.rename", "os.remove", "os.truncate", "os.rmdir", "os.mkdir"}


def run_and_die(work: Callable[[], object], *, die_at: int, note: Path) -> int:
    """Do work in a copy of this process, killed just before a change of files.

    Parameters
    ----------
    work
        What is done.
    die_at
        Before which change (a file opened for writing, renamed, removed or cut by
        Python) the copy is killed; 0: before none.
    note
        Where a copy that comes to its end writes how many changes there were.

    Returns
    -------
    int
        The signal that the copy died of; else less than 1: minus its exit status.

    """
    child = os.fork()
    if not child:
        status = 1
        try:
            _do(work, die_at, note)
            status = 0
        finally:
            os._exit(status)
    _pid, ended = os.waitpid(child, 0)
    return os.WTERMSIG(ended) or -os.WEXITSTATUS(ended)


def _do(work: Callable[[], object], die_at: int, note: Path) -> None:
    done = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal done
        if event == "open":
            flags = arguments[2]
            if not isinstance(flags, int) or not flags & _WRITES:
                return
        elif event not in _CHANGES:
            return
        done += 1
        if done == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    work()
    note.write_text(str(done))
