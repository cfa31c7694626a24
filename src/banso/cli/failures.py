"""How the command line explains that something did not work."""

import datetime as dt
import errno
import tempfile
import traceback
from pathlib import Path

import click

from banso.cli.output import print_json
from banso.cli.words import program, tell, words
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


def exit_code_of(error: Exception, *, as_json: bool = False) -> int:
    """Explain `error` on standard error and return the exit status that it deserves.

    With `as_json`, standard output says a refusal too, for the program that reads it.
    """
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
        from banso.cli.refusals import explained  # noqa: PLC0415  help starts fast

        message, hint = explained(error)
        _explain(message, hint)
        if as_json:
            said = {"code": error.code, "message": message, "hint": hint}
            print_json({"error": said})
        return MISUSE
    if isinstance(error, OSError) and error.errno in _REFUSALS_OF_THE_MACHINE:
        place = f": {error.filename}" if error.filename else ""
        _explain(f"{error.strerror}{place}", "")
        return MISUSE
    return _report_bug(error)


def _explain(message: str, hint: str) -> None:
    tell("エラー: {message}", "error: {message}", message=message)
    if hint:
        tell("ヒント: {hint}", "hint: {hint}", hint=hint)


def _hint_of(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return ""
    command = context.command_path.replace("banso", program(), 1)
    return words("使い方を見るには: {help}", "See '{help}'.", help=f"{command} --help")


def _report_bug(error: Exception) -> int:
    """Keep the traceback where it can be sent from, out of the reader's way."""
    name = f"banso-bug-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}.txt"
    path = Path(tempfile.gettempdir()) / name
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    name = type(error).__name__
    _explain(
        words(
            "Banso の不具合です: {error}",
            "A bug in Banso: {error}",
            error=f"{name}: {error}",
        ),
        words(
            "詳細を添えてお知らせください: {path}",
            "Please report it with the details in {path}",
            path=path,
        ),
    )
    return BUG
