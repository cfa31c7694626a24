"""Every way in which a command can end, with what is printed and the exit status."""

import errno
import tempfile
from pathlib import Path

import click
import pytest
from tests.cli.conftest import Banso

from banso.cli.failures import exit_code_of
from banso.kernel.errors import BansoError


class Refused(BansoError):
    code = "refused_in_a_test"


def test_a_refusal_is_a_line_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    status = exit_code_of(Refused("That cannot be.", hint="Do this."))

    assert status == 2
    assert capsys.readouterr().err == "error: That cannot be.\nhint: Do this.\n"


def test_a_refusal_without_a_hint_is_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    exit_code_of(Refused("That cannot be."))

    assert capsys.readouterr().err == "error: That cannot be.\n"


def test_an_interrupt_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exit_code_of(click.exceptions.Abort()) == 130
    assert capsys.readouterr().err == "Interrupted.\n"

    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    exit_code_of(click.exceptions.Abort())
    assert capsys.readouterr().err == "中断しました。\n"


def test_a_full_disk_is_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "/data/x.parquet")

    assert exit_code_of(error) == 2
    err = capsys.readouterr().err
    assert err == "error: No space left on device: /data/x.parquet\n"


def test_a_bug_keeps_its_traceback_in_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    try:
        {}["missing"]
    except KeyError as error:
        status = exit_code_of(error)

    (file,) = tmp_path.iterdir()
    assert status == 70
    assert "Traceback" in file.read_text()
    assert capsys.readouterr().err == (
        "error: A bug in Banso: KeyError: 'missing'\n"
        f"hint: Please report it with the details in {file}\n"
    )


def test_outside_of_a_project_the_folder_is_named(
    banso: Banso, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ran = banso("check")

    assert ran.status == 2
    assert ran.err.startswith(f"error: {tmp_path} is not a Banso project")
    assert "hint: " in ran.err
