"""A file of a backup is whole, or it is refused with the reason."""

import datetime as dt
import random
from pathlib import Path

import pytest

from banso.site.backup.archive import (
    BackupDamaged,
    BackupExists,
    BackupTooNew,
    Contents,
    Database,
    NotABackup,
    reading,
    writing,
)

AT = dt.datetime(2026, 11, 27, 6, 0, tzinfo=dt.UTC)


def contents_of(entries: tuple = ()) -> Contents:
    return Contents(
        made_at=AT.isoformat(),
        banso="0.1.0",
        company="青空クラウド",
        lake_version=3,
        release_id="",
        facts=0,
        secret_key=False,
        database=Database("none"),
        files=entries,
    )


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    notes = tmp_path / "notes.txt"
    notes.write_text("青空商店の佐藤さん" * 500, encoding="utf-8")
    path = tmp_path / "acme.banso.zip"
    with writing(path) as writer:
        writer.add("notes.txt", notes)
        writer.add("first.txt", notes, size=9)
        with writer.entry("empty.txt"):
            pass
        writer.finish(contents_of(tuple(writer.entries)))
    return path


def test_what_was_put_in_comes_out(backup: Path, tmp_path: Path) -> None:
    with reading(backup) as reader:
        reader.verify()
        for entry in reader.contents.files:
            reader.extract(entry, tmp_path / "out" / entry.path)

    out = tmp_path / "out"
    assert (out / "notes.txt").read_text(encoding="utf-8").startswith("青空商店の佐藤")
    assert (out / "first.txt").read_text(encoding="utf-8") == "青空商"
    assert (out / "empty.txt").read_bytes() == b""
    assert (out / "notes.txt").stat().st_mode & 0o777 == 0o600
    assert backup.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("seed", range(20))
def test_a_backup_cut_off_anywhere_is_refused(backup: Path, seed: int) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: random.Random(seed).randrange(len(whole))])

    with pytest.raises(NotABackup) as refused, reading(backup):
        pass

    assert "no whole backup" in refused.value.message


@pytest.mark.parametrize("seed", range(40))
def test_a_backup_changed_anywhere_is_refused(backup: Path, seed: int) -> None:
    changed = bytearray(backup.read_bytes())
    place = random.Random(seed).randrange(len(changed))
    changed[place] ^= 1 << random.Random(seed).randrange(8)
    backup.write_bytes(changed)

    with pytest.raises((BackupDamaged, NotABackup)), reading(backup):
        pass


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x05\x06" + bytes(18))

    for path in (tmp_path / "a.zip", tmp_path / "none.zip", tmp_path):
        with pytest.raises(NotABackup), reading(path):
            pass


def test_a_format_of_tomorrow_asks_for_an_upgrade() -> None:
    content = contents_of().to_json().replace(b'"format": 1', b'"format": 2')

    with pytest.raises(BackupTooNew):
        Contents.from_json(content, path=Path("acme.banso.zip"))


def test_nothing_is_there_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), writing(tmp_path / "a.zip") as writer:
        writer.add("gone.txt", tmp_path / "gone.txt")

    assert list(tmp_path.iterdir()) == []


def test_a_file_is_never_written_over(backup: Path) -> None:
    with pytest.raises(BackupExists), writing(backup):
        pass
