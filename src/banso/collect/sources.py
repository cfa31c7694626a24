"""Who may send: sources by the hash of their write key, and how fast each may."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

REFUSALS_KEPT = 50  # of each source, between two times that they are taken away


@dataclass(frozen=True)
class Source:
    """Something that sends events."""

    key: str  # part of the ids of its events, for good
    limit: int | None = None  # calls a second, on average; None: as many as it likes


@dataclass(frozen=True)
class RefusedCall:
    """One call that was not accepted."""

    at: int  # microseconds
    kind: str
    message_id: str
    code: str
    words: str


@dataclass
class Counted:
    """What came from one source since it was last asked."""

    accepted: int = 0
    refused: int = 0
    last_at: int = 0  # microseconds, of the last accepted
    refusals: list[RefusedCall] = field(default_factory=list)  # the newest

    def add(self, other: "Counted") -> None:
        """Count what came later, too."""
        self.accepted += other.accepted
        self.refused += other.refused
        self.last_at = max(self.last_at, other.last_at)
        self.refusals = (self.refusals + other.refusals)[-REFUSALS_KEPT:]


def digest_of_key(key: str) -> str:
    """Return what is kept of a write key. It is long and random: one hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


class KeyRing:
    """The write keys that count now; another thread replaces them as a whole."""

    def __init__(self, sources: Mapping[str, Source] | None = None) -> None:
        self._sources: Mapping[str, Source] = dict(sources or {})

    def replace(self, sources: Mapping[str, Source]) -> None:
        """Let other keys count from now on."""
        self._sources = dict(sources)

    def find(self, key: str) -> Source | None:
        """Return the source of a write key."""
        return self._sources.get(digest_of_key(key))


class Limits:
    """How much each source may still send: a bucket that fills by the second.

    A request is let in when anything is left, and may leave less than nothing: so a
    batch of any size passes, and the next one waits for it.
    """

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}  # how much, and when

    def seconds_to_wait(self, source: Source, *, now: float) -> float:
        """Return 0 when the source may send, else after how many seconds it may."""
        if source.limit is None:
            return 0.0
        left = self._now(source, now)
        return 0.0 if left > 0 else (1 - left) / source.limit

    def spend(self, source: Source, calls: int, *, now: float) -> None:
        """Count what a source sent."""
        if source.limit is not None:
            self._left[source.key] = (self._now(source, now) - calls, now)

    def _now(self, source: Source, now: float) -> float:
        assert source.limit is not None
        left, since = self._left.get(source.key, (float(source.limit), now))
        return min(source.limit, left + (now - since) * source.limit)


class Tally:
    """Counts by source, to be taken away by another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[str, Counted] = {}

    def add(self, source: str, counted: Counted) -> None:
        """Count what one request brought."""
        with self._lock:
            self._counted.setdefault(source, Counted()).add(counted)

    def put_back(self, source: str, counted: Counted) -> None:
        """Count again what was taken away and could not be kept."""
        with self._lock:
            counted.add(self._counted.get(source, Counted()))
            self._counted[source] = counted

    def take(self) -> dict[str, Counted]:
        """Return the counts and begin anew."""
        with self._lock:
            counted, self._counted = self._counted, {}
        return counted
