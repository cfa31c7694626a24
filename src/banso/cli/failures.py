"""How the command line explains that something did not work."""

import datetime as dt
import errno
import sys
import tempfile
import traceback
from pathlib import Path

import click

from banso.cli.words import tell, write_line
from banso.kernel.errors import BansoError

FINDINGS = 1
MISUSE = 2
BUG = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130  # 128 + SIGINT, as shells count

# What the machine refuses, as against what the program got wrong.
_REFUSALS_OF_THE_MACHINE = {
    errno.EACCES,
    errno.EADDRINUSE,
    errno.EDQUOT,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
}


def exit_code_of(error: Exception) -> int:
    """Explain `error` on standard error and return the exit status that it deserves."""
    if isinstance(error, click.exceptions.Abort):
        tell("中断しました。", "Interrupted.")
        return INTERRUPTED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return MISUSE
    if isinstance(error, click.ClickException):
        _explain(error.format_message(), _hint_of(error))
        return error.exit_code
    if isinstance(error, BansoError):
        _explain(error.message, error.hint)
        return MISUSE
    if isinstance(error, OSError) and error.errno in _REFUSALS_OF_THE_MACHINE:
        place = f": {error.filename}" if error.filename else ""
        _explain(f"{error.strerror}{place}", "")
        return MISUSE
    return _report_bug(error)


def _explain(message: str, hint: str) -> None:
    write_line(f"error: {message}", sys.stderr)
    if hint:
        write_line(f"hint: {hint}", sys.stderr)


def _hint_of(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"See '{context.command_path} --help'." if context else ""


def _report_bug(error: Exception) -> int:
    """Keep the traceback where it can be sent from, out of the reader's way."""
    name = f"banso-bug-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}.txt"
    path = Path(tempfile.gettempdir()) / name
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    write_line(f"error: A bug in Banso: {type(error).__name__}: {error}", sys.stderr)
    write_line(f"hint: Please report it with the details in {path}", sys.stderr)
    return BUG
