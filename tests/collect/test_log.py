"""The log gives back exactly what it acknowledged, whatever a crash left behind it."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.collect.log import (
    Damage,
    LogBusy,
    LogReader,
    LogWriter,
    Position,
    backlog,
    drop_before,
    segments,
)


def writer(folder: Path, **given: int) -> LogWriter:
    return LogWriter(folder, now=lambda: 1, **given)


START = Position()


def read(folder: Path, position: Position = START) -> list[bytes]:
    return [record.payload for record in LogReader(folder, position)]


def newest(folder: Path) -> Path:
    return max(folder.glob("*.log"))


def written(folder: Path, *payloads: bytes) -> None:
    log = writer(folder)
    for payload in payloads:
        log.append([payload])
    log.close()


def test_payloads_come_back_in_order(tmp_path):
    log = writer(tmp_path)
    log.append([b"one", b"two"])
    log.append([b"three"])

    assert read(tmp_path) == [b"one", b"two", b"three"]
    log.close()


def test_reading_goes_on_behind_the_last_record(tmp_path):
    log = writer(tmp_path)
    log.append([b"one"])
    reader = LogReader(tmp_path, Position())
    assert len(list(reader)) == 1
    log.append([b"two"])

    assert read(tmp_path, reader.position) == [b"two"]
    log.close()


def test_next_writer_begins_a_segment_behind_all_others(tmp_path):
    written(tmp_path, b"one")
    written(tmp_path, b"two")

    assert segments(tmp_path) == [1, 2]
    assert read(tmp_path) == [b"one", b"two"]


def test_full_segment_is_followed_by_another(tmp_path):
    log = writer(tmp_path, segment_bytes=50)
    for number in range(10):
        log.append([b"payload %d" % number])

    assert len(segments(tmp_path)) > 2
    assert read(tmp_path) == [b"payload %d" % number for number in range(10)]
    log.close()


@pytest.mark.parametrize("cut", [1, 4, 7, 8, 9, 12])
def test_torn_record_was_never_acknowledged_and_harms_no_other(tmp_path, cut):
    written(tmp_path, b"one", b"torn!")
    os.truncate(newest(tmp_path), newest(tmp_path).stat().st_size - cut)
    written(tmp_path, b"two")
    reader = LogReader(tmp_path, Position())

    assert [record.payload for record in reader] == [b"one", b"two"]
    assert reader.damages == []


def test_zeros_after_a_power_cut_are_no_damage(tmp_path):
    written(tmp_path, b"one")
    with newest(tmp_path).open("ab") as file:
        file.write(bytes(4096))
    written(tmp_path, b"two")
    reader = LogReader(tmp_path, Position())

    assert [record.payload for record in reader] == [b"one", b"two"]
    assert reader.damages == []


def test_changed_byte_is_told_with_its_place(tmp_path):
    written(tmp_path, b"one", b"two", b"three")
    path = newest(tmp_path)
    content = bytearray(path.read_bytes())
    content[content.index(b"two")] ^= 1
    path.write_bytes(content)
    written(tmp_path, b"four")
    reader = LogReader(tmp_path, Position())

    assert [record.payload for record in reader] == [b"one", b"four"]
    assert reader.damages == [Damage(path.name, 8 + 8 + 3, (8 + 3) + (8 + 5))]


def test_second_writer_is_refused(tmp_path):
    log = writer(tmp_path)

    with pytest.raises(LogBusy):
        writer(tmp_path)
    log.close()


def test_failed_write_leaves_its_rest_behind(tmp_path, monkeypatch):
    log = writer(tmp_path)
    log.append([b"one"])
    with monkeypatch.context() as patched:
        patched.setattr("banso.collect.log._sync", _no_space)
        with pytest.raises(OSError, match="space"):
            log.append([b"not acknowledged"])
    log.append([b"two"])
    log.close()

    found = read(tmp_path)
    assert [payload for payload in found if payload != b"not acknowledged"] == [
        b"one",
        b"two",
    ]


def _no_space(_file: int) -> None:
    raise OSError(28, "No space left on device")


def test_segments_before_a_position_can_go(tmp_path):
    written(tmp_path, b"one")
    written(tmp_path, b"two")
    reader = LogReader(tmp_path, Position())
    assert len(list(reader)) == 2

    assert drop_before(tmp_path, reader.position) == 1
    assert read(tmp_path, reader.position) == []
    written(tmp_path, b"three")
    assert read(tmp_path, reader.position) == [b"three"]


def test_backlog_is_what_was_not_taken_in(tmp_path):
    log = writer(tmp_path)
    log.append([b"one", b"two"])
    first, _ = LogReader(tmp_path, Position())

    assert backlog(tmp_path, Position()).size == 22
    assert backlog(tmp_path, first.end).first == b"two"
    assert backlog(tmp_path, LogReaderAtEnd(tmp_path)).size == 0
    log.close()


def LogReaderAtEnd(folder: Path) -> Position:  # noqa: N802  reads as a value
    reader = LogReader(folder, Position())
    list(reader)
    return reader.position


@given(
    groups=st.lists(
        st.lists(st.binary(min_size=1, max_size=40), min_size=1), max_size=6
    ),
    cut=st.integers(0, 200),
    every=st.integers(20, 100),
)
def test_what_is_read_is_a_beginning_of_what_was_written(
    tmp_path_factory, groups, cut, every
):
    folder = tmp_path_factory.mktemp("log")
    log = writer(folder, segment_bytes=every)
    for group in groups:
        log.append(group)
    log.close()
    payloads = list(itertools.chain(*groups))
    if payloads:
        path = newest(folder)
        os.truncate(path, max(path.stat().st_size - cut, 0))

    found = read(folder)

    assert found == payloads[: len(found)]
    assert cut or len(found) == len(payloads)
