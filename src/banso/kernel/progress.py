"""Telling somebody who waits how far long work has come."""

from typing import Protocol


class Progress(Protocol):
    """Called at every step of long work; it must return quickly."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Note that `done` of `total` parts of a step are finished.

        Parameters
        ----------
        step
            What is being done, as a code of letters and underscores.
        done, total
            Whole numbers; equal when the step is finished.

        """


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""
