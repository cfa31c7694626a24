"""A history in the size of a word: inline SVG without any script."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT, MARGIN = 96, 24, 3


def sparkline(
    values: Sequence[float | None],
    *,
    title: str,
    low: float = 0.0,
    high: float = 100.0,
) -> SafeString:
    """Return the line of `values`, oldest first; a null leaves a gap.

    Parameters
    ----------
    values
        Evenly spaced in time. A single point between two nulls shows as a dot.
    title
        What the line says in words; read aloud, and shown under the pointer.
    low, high
        The scale; a value beyond it is drawn at the edge.

    """
    runs = _runs(values)
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    span = (high - low) or 1.0

    def place(index: int, value: float) -> str:
        share = min(max((value - low) / span, 0.0), 1.0)
        y = HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)
        return f"{MARGIN + index * step:.1f} {y:.1f}"

    path = "".join(
        "M"
        + "L".join(place(index, value) for index, value in run)
        # a line of no length with round caps is a dot
        + ("h0" if len(run) == 1 else "")
        for run in runs
    )
    end = ""
    if runs and runs[-1][-1][0] == len(values) - 1:
        x, y = place(*runs[-1][-1]).split()
        end = f'<circle class="spark-end" cx="{x}" cy="{y}" r="2"/>'
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" role="img">'
        '<title>{}</title><path class="spark-line" d="{}"/>{}</svg>',
        WIDTH, HEIGHT, WIDTH, HEIGHT, title, path, mark_safe(end),  # noqa: S308 digits
    )  # fmt: skip


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Split `values` at the nulls into runs of (index, value)."""
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]
