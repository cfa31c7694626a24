"""Makes `.venv` with Banso in it, needing nothing but Python and a package index."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tools.pip_wheel import fetch_pip
from tools.spoken import tell

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

_STAMP = VENV / "banso-installed.json"
_UNFINISHED = VENV / "banso-unfinished"
_LOG = VENV / "banso-install.log"


class InstallError(Exception):
    """The environment could not be made; the message says why, in words."""


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from: when this changes, it is made again."""

    root: str  # the scripts in bin/ hold this path
    python: str  # the real path: an upgrade of the system changes it
    inputs: str  # a hash of the files that decide what is installed
    extras: tuple[str, ...]

    def covers(self, wanted: "Stamp") -> bool:
        """Return whether an environment with this stamp serves as the wanted one."""
        return (
            self.has_place_of(wanted)
            and self.inputs == wanted.inputs
            and set(wanted.extras) <= set(self.extras)
        )

    def has_place_of(self, wanted: "Stamp") -> bool:
        """Return whether neither the checkout nor its Python went elsewhere."""
        return (self.root, self.python) == (wanted.root, wanted.python)


def hand_over(program: str, arguments: Sequence[str]) -> None:
    """Become `program` of the environment, which is there by now."""
    path = str(VENV / "bin" / program)
    os.execv(path, [path, *arguments])  # noqa: S606  no shell is wanted


def ensure(*, extras: Sequence[str] = ()) -> None:
    """Make the environment when it is missing, unfinished or older than its inputs.

    Raises
    ------
    InstallError
        Python or pip refused; what they said is in the log that the message names.

    """
    if _is_ready(_wanted(extras)):
        return
    with _alone():
        wanted = _wanted(extras)  # another process may have made it meanwhile
        if not _is_ready(wanted):
            _make(wanted)


def _wanted(extras: Sequence[str]) -> Stamp:
    made = _made()
    return Stamp(
        root=str(ROOT),
        python=os.path.realpath(PYTHON),
        inputs=_inputs(),
        extras=tuple(sorted({*extras, *(made.extras if made else ())})),
    )


def _inputs() -> str:
    """Hash what decides the installation: the project's file and its hook."""
    digest = hashlib.sha256()
    built = sorted((ROOT / "src").rglob("*.po"))
    for path in (ROOT / "pyproject.toml", ROOT / "hatch_build.py", *built):
        if path.exists():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _made() -> Stamp | None:
    try:
        values = json.loads(_STAMP.read_text(encoding="utf-8"))
        return Stamp(**{**values, "extras": tuple(values["extras"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _is_ready(wanted: Stamp) -> bool:
    made = _made()
    return (
        made is not None
        and made.covers(wanted)
        and PYTHON.exists()
        and (VENV / "bin" / "banso").exists()
        and not _UNFINISHED.exists()
    )


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one process install at a time; the lock ends with the process."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(
                "別の端末でインストール中です。終わるのを待っています…",
                "Another terminal is installing; waiting for it …",
            )
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make(wanted: Stamp) -> None:
    started = time.monotonic()
    _make_folder(wanted)
    _UNFINISHED.touch()
    try:
        _install(wanted.extras)
    finally:
        # pip undoes what it refuses; only a sudden end (a kill, Ctrl-C) can leave
        # half of a package, and then the environment is made anew.
        if not isinstance(sys.exception(), KeyboardInterrupt):
            _UNFINISHED.unlink(missing_ok=True)
    _write_stamp(replace(wanted, python=os.path.realpath(PYTHON)))
    seconds = round(time.monotonic() - started)
    tell(f"準備ができました（{seconds} 秒）。", f"Ready ({seconds} s).")


def _write_stamp(stamp: Stamp) -> None:
    staged = _STAMP.with_suffix(".new")
    staged.write_text(json.dumps(asdict(stamp)), encoding="utf-8")
    staged.replace(_STAMP)


def _make_folder(wanted: Stamp) -> None:
    """Make `.venv`, over one that was left unfinished or that moved."""
    made = _made()
    moved = made is not None and not made.has_place_of(wanted)
    usable = not moved and not _UNFINISHED.exists() and _succeeds([PYTHON, "-V"])
    if VENV.exists() and not usable:
        shutil.rmtree(VENV)
    if not VENV.exists():
        tell(
            "Banso のための Python 環境を .venv に作ります。",
            "Making a Python environment for Banso in .venv.",
        )
        _run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])


def _install(extras: Sequence[str]) -> None:
    _add_pip()
    what = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    tell(
        "必要なパッケージを集めています（初回は数分かかることがあります）…",
        "Collecting the packages that Banso needs (minutes, the first time) …",
    )
    _run([PYTHON, "-m", "pip", *_PIP, "--editable", what], watch=_tell_step)


_PIP = (
    "install",
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar=off",
    "--upgrade",
    "--upgrade-strategy=only-if-needed",
)


def _add_pip() -> None:
    """Put pip into the environment: Debian's Python comes without the module for it."""
    if _succeeds([PYTHON, "-m", "pip", "--version"]):
        return
    if _succeeds([PYTHON, "-m", "ensurepip", "--default-pip"]):
        return
    tell("pip を PyPI から取り出します。", "Fetching pip from PyPI.")
    try:
        wheel = fetch_pip(VENV)
    except OSError as error:
        raise InstallError(f"pip: {error}") from error
    _run([PYTHON, f"{wheel}/pip", "install", "--no-index", "--quiet", str(wheel)])
    wheel.unlink()


def _tell_step(line: str) -> None:
    """Say what a line of pip's means, for the lines that take long."""
    text = line.strip()
    if text.startswith("Downloading ") and text.endswith("MB)"):
        name, _, size = text.removeprefix("Downloading ").partition(" (")
        package = name.rpartition("/")[2].split("-")[0]
        tell(f"  {package}（{size[:-1]}）", f"  {package} ({size[:-1]})")
    elif text.startswith("Installing collected packages:"):
        count = text.count(",") + 1
        tell(
            f"{count} 個を組み込んでいます…",
            f"Installing {count} package{'s'[: count - 1]} …",
        )


def _environment() -> dict[str, str]:
    # A user's own pip settings count (index, proxy, certificates), but for the one
    # that would install outside of the environment.
    return {**os.environ, "PIP_USER": "0", "PYTHONUNBUFFERED": "1"}


def _succeeds(command: Sequence[str | Path]) -> bool:
    try:
        answer = subprocess.run(  # noqa: S603  our own Python
            command, capture_output=True, env=_environment(), check=False
        )
    except OSError:
        return False
    return answer.returncode == 0


def _run(
    command: Sequence[str | Path], *, watch: Callable[[str], None] | None = None
) -> None:
    """Run `command`, show its lines to `watch`, and keep them for when it fails."""
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603  our own Python
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(),
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if watch:
                watch(line)
    if VENV.is_dir():
        with _LOG.open("a", encoding="utf-8") as log:
            log.writelines(lines)
    if process.returncode:
        raise InstallError("".join(lines[-12:]).rstrip())
