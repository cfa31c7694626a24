"""The log of what was accepted: segments of checked records, durable when told so."""

import os
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from banso.kernel.errors import BansoError
from banso.warehouse.durable import fsync_folder, make_folder
from banso.warehouse.locking import FileLock

SEGMENT_BYTES = 64 << 20
SUFFIX = ".log"
MAGIC = b"BANSOLG1"
HEAD = struct.Struct("<II")  # length of the payload, its CRC-32

_sync = getattr(os, "fdatasync", os.fsync)


class LogBusy(BansoError):
    """Refuse to write to a log to which another process writes."""

    code = "collect_busy"


@dataclass(frozen=True, order=True)
class Position:
    """A place in the log; the first one is before everything."""

    segment: int = 0
    offset: int = 0


@dataclass(frozen=True)
class Record:
    """One payload, with the place where it begins and the place after it."""

    payload: bytes
    begin: Position
    end: Position


@dataclass(frozen=True)
class Damage:
    """A part of a finished segment that cannot be read as records."""

    segment: str
    offset: int
    size: int  # bytes


class LogWriter:
    """The one writer of a log.

    Each writer begins a segment of its own, so that whatever a crash left at the end
    of the last one stays as it is: nothing that was acknowledged is ever rewritten.

    Parameters
    ----------
    folder
        Where the segments are; made when it is not there.
    now
        The present in nanoseconds; it names segments, which only have to ascend.
    segment_bytes
        After how much a new segment begins.

    Raises
    ------
    LogBusy
        Another process writes to it.

    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], int],
        segment_bytes: int = SEGMENT_BYTES,
    ) -> None:
        make_folder(folder)
        lock = FileLock.take(folder / "lock")
        if lock is None:
            raise LogBusy(
                f"Another process collects into {folder}.",
                hint="Stop it first: a project has one collector.",
                folder=str(folder),
            )
        self.folder = folder
        self._lock = lock
        self._now = now
        self._limit = segment_bytes
        self._file: int | None = None
        self._size = 0

    def append(self, payloads: Sequence[bytes]) -> None:
        """Write payloads, and return once they survive a power cut.

        Raises
        ------
        OSError
            They could not be written; none of them counts, and the next call begins
            a new segment behind whatever is left of them.

        """
        try:
            if self._file is None or self._size >= self._limit:
                self._begin()
            assert self._file is not None
            content = b"".join(_framed(payload) for payload in payloads)
            _write_all(self._file, content)
            _sync(self._file)
            self._size += len(content)
        except OSError:
            self._end()
            raise

    def close(self) -> None:
        """End the segment and let another process write."""
        self._end()
        self._lock.release()

    def _begin(self) -> None:
        self._end()
        known = segments(self.folder)
        number = max([self._now(), *(each + 1 for each in known[-1:])])
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._file = os.open(path_of(self.folder, number), flags, 0o600)
        _write_all(self._file, MAGIC)
        fsync_folder(self.folder)
        self._size = len(MAGIC)

    def _end(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class LogReader:
    """Reads the records after a position, as far as there are any now.

    ``position`` is behind the last record that was given; ``damages`` tells what could
    not be read. Other processes may write, or read, at the same time.
    """

    def __init__(self, folder: Path, position: Position) -> None:
        self._folder = folder
        self.position = position
        self.damages: list[Damage] = []

    def __iter__(self) -> Iterator[Record]:
        """Yield the records in the order in which they were written."""
        # A segment with a successor is finished: it is listed before it is read.
        numbers = [n for n in segments(self._folder) if n >= self.position.segment]
        for number in numbers:
            if number > self.position.segment:
                self.position = Position(number, 0)
            yield from self._segment(number, is_last=number == numbers[-1])

    def _segment(self, number: int, *, is_last: bool) -> Iterator[Record]:
        path = path_of(self._folder, number)
        with path.open("rb") as file:
            start = max(self.position.offset, len(MAGIC))
            file.seek(start)
            content = file.read()
        place = 0
        while (payload := _payload(content, place)) is not None:
            begin = Position(number, start + place)
            place += HEAD.size + len(payload)
            self.position = Position(number, start + place)
            yield Record(payload, begin, self.position)
        if not is_last and not _is_torn(content, place):
            left = len(content) - place
            self.damages.append(Damage(path.name, start + place, left))


@dataclass(frozen=True)
class Backlog:
    """What of the log was not taken in yet."""

    size: int  # bytes
    first: bytes | None  # the payload of its first record


def backlog(folder: Path, position: Position) -> Backlog:
    """Return how much of the log lies behind a position."""
    total = 0
    for number in segments(folder):
        if number >= position.segment:
            taken = position.offset if number == position.segment else 0
            size = path_of(folder, number).stat().st_size
            total += max(size - max(taken, len(MAGIC)), 0)
    first = next(iter(LogReader(folder, position)), None) if total else None
    return Backlog(total if first else 0, first.payload if first else None)


def drop_before(folder: Path, position: Position) -> int:
    """Remove the segments that lie wholly before a position; return how many."""
    done = [number for number in segments(folder) if number < position.segment]
    for number in done:
        path_of(folder, number).unlink(missing_ok=True)
    return len(done)


def blank(folder: Path, *, until: Position, instead: Callable[[bytes], bytes]) -> int:
    """Overwrite the records before a position, which were taken in; return how many.

    Another process may be writing behind them. A record keeps its place and length.

    Parameters
    ----------
    folder
        Where the segments are.
    until
        Nobody reads a record before it any more.
    instead
        What stands in place of a payload, at most as long; spaces fill it up.

    """
    count = 0
    for number in segments(folder):
        if number > until.segment:
            break
        path = path_of(folder, number)
        end = until.offset if number == until.segment else path.stat().st_size
        with path.open("r+b") as file:
            count += _blank(file, end, instead)
            file.flush()
            os.fsync(file.fileno())
    return count


def _blank(file: BinaryIO, end: int, instead: Callable[[bytes], bytes]) -> int:
    count, place = 0, len(MAGIC)
    while place + HEAD.size < end:
        file.seek(place)
        length, _checksum = HEAD.unpack(file.read(HEAD.size))
        payload = file.read(length)
        if not length or len(payload) < length or place + HEAD.size + length > end:
            break
        new = instead(payload)[:length].ljust(length)
        if new != payload:
            file.seek(place)
            file.write(_framed(new))
            count += 1
        place += HEAD.size + length
    return count


def segments(folder: Path) -> list[int]:
    """Return the numbers of the segments, in order."""
    if not folder.is_dir():
        return []
    return sorted(int(path.stem) for path in folder.glob(f"*{SUFFIX}"))


def path_of(folder: Path, number: int) -> Path:
    """Return where a segment lies."""
    return folder / f"{number:020d}{SUFFIX}"


def _framed(payload: bytes) -> bytes:
    return HEAD.pack(len(payload), zlib.crc32(payload)) + payload


def _payload(content: bytes, place: int) -> bytes | None:
    """Return the whole and right record at a place, if there is one."""
    if place + HEAD.size > len(content):
        return None
    length, checksum = HEAD.unpack_from(content, place)
    begin = place + HEAD.size
    if not length or begin + length > len(content):
        return None
    payload = content[begin : begin + length]
    return payload if zlib.crc32(payload) == checksum else None


def _is_torn(content: bytes, place: int) -> bool:
    """Return whether what is left is a record that a crash cut short, or nothing."""
    left = content[place:]
    if len(left) < HEAD.size or not any(left):
        return True
    length, _checksum = HEAD.unpack_from(left, 0)
    return bool(HEAD.size + length > len(left))


def _write_all(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]
