"""What is kept of releases: made once, the newest few, and by whom it is wanted."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

import pytest

from banso.runs.reading import ReleaseReader
from banso.runs.release_cache import ReleaseCache


def reader(release_id: str = "a") -> ReleaseReader:
    """Return what tells releases apart, of a reader."""
    return cast(
        "ReleaseReader",
        SimpleNamespace(
            project=SimpleNamespace(lake_folder="lake"),
            release=SimpleNamespace(release_id=release_id, made_at=0),
        ),
    )


def test_it_is_made_once_for_each_release_and_key() -> None:
    cache, made = ReleaseCache[str](10), []

    def make(name: str) -> Any:
        return lambda: made.append(name) or name

    found = [
        cache.of(reader(release), make(f"{release}{key}"), key)
        for release in ("a", "b")
        for key in ("x", ("x", "y"), "x")
    ]

    assert made == ["ax", "a('x', 'y')", "bx", "b('x', 'y')"]
    assert found[0] == found[2] == "ax"


def test_the_oldest_leaves_when_there_are_too_many() -> None:
    cache, made = ReleaseCache[int](2), []

    for key in (1, 2, 3, 2, 1):
        cache.of(reader(), lambda key=key: made.append(key) or key, key)

    assert made == [1, 2, 3, 1]


def test_those_who_want_the_same_wait_and_others_do_not() -> None:
    cache, made = ReleaseCache[str](10), []
    is_slow, may_end = threading.Event(), threading.Event()

    def slowly() -> str:
        made.append("slow")
        is_slow.set()
        assert may_end.wait(10)
        return "slow"

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(cache.of, reader(), slowly, "slow")
        assert is_slow.wait(10)
        second = pool.submit(cache.of, reader(), slowly, "slow")
        other = pool.submit(cache.of, reader(), lambda: "quick", "quick")
        assert other.result(10) == "quick"
        may_end.set()
        assert first.result(10) == second.result(10) == "slow"

    assert made == ["slow"]


def test_what_failed_is_tried_again() -> None:
    cache = ReleaseCache[int](10)

    with pytest.raises(ZeroDivisionError):
        cache.of(reader(), lambda: 1 // 0, "x")

    assert cache.of(reader(), lambda: 7, "x") == 7
