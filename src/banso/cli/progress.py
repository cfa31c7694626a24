"""Showing how far long work has come."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from banso.cli.words import words, write_line
from banso.kernel.labels import Label
from banso.kernel.progress import Progress
from banso.site.tracing import following, spanning

STEPS = {
    "quarantine": Label("隔離した行を確認", "Looking through the quarantine"),
    "simulate": Label("会社を作成", "Making the company"),
    "roll_up": Label("日ごとに集計", "Rolling events up to days"),
    "metrics": Label("指標を計算", "Computing metrics"),
    "health": Label("ヘルスを計算", "Computing health"),
    "customers": Label("顧客ごとにまとめ", "Summing up each customer"),
    "revenue": Label("売上の動きを計算", "Computing revenue"),
    "forecast": Label("予測モデルを推定", "Fitting forecasts"),
    "chances": Label("解約の確率を計算", "Computing chances"),
    "signals": Label("シグナルを判定", "Looking for signals"),
    "recommendations": Label("おすすめを計算", "Working out recommendations"),
    "drivers": Label("要因とスコアを検証", "Judging scores and drivers"),
    "lifetimes": Label("コホートとLTVを計算", "Following cohorts, lifetimes"),
    "success": Label("成功した顧客を集計", "Counting successful customers"),
    "touch": Label("タッチモデルを提案", "Proposing touch models"),
    "publish": Label("画面用に公開", "Publishing to the web"),
}
_BAR = 24
_CLEAR = "\r\x1b[2K"
_COUNTABLE = 1000  # a larger total counts bytes: a share is easier to read
_PAUSE = 0.1  # seconds between two drawings


@contextmanager
def showing_progress() -> Iterator[Progress]:
    """Give something to report progress to; it writes to standard error.

    On a terminal one line is drawn over and over; elsewhere each step is one line when
    it begins, so that a log stays short.
    """
    shown: _Bar | _Lines = _Bar() if sys.stderr.isatty() else _Lines()
    context = click.get_current_context(silent=True)
    name = context.command_path if context is not None else "banso"
    try:
        with spanning(name), following(shown.note) as progress:
            yield progress
    finally:
        shown.close()


class _Lines:
    """One line for each step."""

    def __init__(self) -> None:
        self._last = ""

    def note(self, step: str, done: int, total: int) -> None:
        del done, total
        if step != self._last:
            self._last = step
            write_line(f"{_worded(step)} …", sys.stderr)

    def close(self) -> None:
        """Do nothing: every line is written already."""


class _Bar:
    """One line that is drawn over; a finished step stays, with its time."""

    def __init__(self) -> None:
        self._step = ""
        self._began = self._drawn = 0.0

    def note(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step != self._step:
            self._finish()
            self._step, self._began = step, now
        elif now - self._drawn < _PAUSE and done < total:
            return
        self._drawn = now
        full = _BAR * done // total if total else _BAR
        bar = "█" * full + "·" * (_BAR - full)
        share = f"{done}/{total}" if total <= _COUNTABLE else f"{done / total:.0%}"
        sys.stderr.write(f"{_CLEAR}{bar} {_worded(step)} {share}")
        sys.stderr.flush()

    def close(self) -> None:
        self._finish()
        self._step = ""

    def _finish(self) -> None:
        if not self._step:
            return
        seconds = time.monotonic() - self._began
        took = words("{s:.1f} 秒", "{s:.1f} s", s=seconds)
        write_line(f"{_CLEAR}✓ {_worded(self._step)} ({took})", sys.stderr)


def _worded(step: str) -> str:
    label = STEPS.get(step)
    return words(label.ja, label.en) if label else step
