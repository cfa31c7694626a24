"""Group commit: many requests wait for one sync of the disk."""

import asyncio
import threading
from dataclasses import dataclass, field

from banso.collect.log import LogWriter

LIMIT_BYTES = 32 << 20  # that may wait; more is told to come again later


@dataclass
class _Group:
    payloads: list[bytes] = field(default_factory=list)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    bytes: int = 0


class GroupCommit:
    """A thread that writes whatever came while it was writing, then syncs once.

    Parameters
    ----------
    log
        Where to; nobody else writes to it.
    limit_bytes
        How much may wait.

    """

    def __init__(self, log: LogWriter, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._log = log
        self._limit = limit_bytes
        self._group = _Group()
        self._has_work = threading.Condition()
        self._is_ending = False
        self._thread = threading.Thread(
            target=self._work, name="collect-log", daemon=True
        )
        self._thread.start()

    @property
    def is_full(self) -> bool:
        """Whether as much waits as may."""
        return self._group.bytes >= self._limit

    @property
    def is_alive(self) -> bool:
        """Whether the writer still works."""
        return self._thread.is_alive()

    async def commit(self, payload: bytes) -> None:
        """Return once the payload survives a power cut.

        Raises
        ------
        OSError
            It could not be written, and does not count.

        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._has_work:
            self._group.payloads.append(payload)
            self._group.waiting.append(future)
            self._group.bytes += len(payload)
            self._has_work.notify()
        await future

    def close(self) -> None:
        """Write what waits, then end."""
        with self._has_work:
            self._is_ending = True
            self._has_work.notify()
        self._thread.join()
        self._log.close()

    def _work(self) -> None:
        while True:
            with self._has_work:
                while not self._group.payloads and not self._is_ending:
                    self._has_work.wait()
                group, self._group = self._group, _Group()
            if not group.payloads:
                return
            error: OSError | None = None
            try:
                self._log.append(group.payloads)
            except OSError as failure:
                error = failure
            loop = group.waiting[0].get_loop()
            loop.call_soon_threadsafe(_settle, group.waiting, error)


def _settle(waiting: list[asyncio.Future[None]], error: OSError | None) -> None:
    for future in waiting:
        if future.done():  # whoever waited has gone
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
