"""A number with its interval in the size of a word: inline SVG without any script."""

from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH: Final = 120
HEIGHT: Final = 14
_EDGE: Final = 4


@dataclass(frozen=True)
class Scale:
    """What the mark's left and right edge stand for."""

    start: float
    end: float
    zero: float | None = None  # where a line stands, if any

    def place(self, value: float) -> float:
        """Return the distance from the left; what lies beyond is at the edge."""
        span = (self.end - self.start) or 1.0
        share = min(max((value - self.start) / span, 0.0), 1.0)
        return _EDGE + share * (WIDTH - 2 * _EDGE)


def interval_mark(
    value: float | None,
    interval: tuple[float | None, float | None],
    scale: Scale,
    *,
    title: str,
    is_faint: bool = False,
) -> SafeString | str:
    """Return a dot with its interval; nothing when the value is unknown."""
    if value is None:
        return ""
    middle = HEIGHT / 2
    parts = []
    if scale.zero is not None:
        zero = f"{scale.place(scale.zero):.1f}"
        parts.append(
            f'<line class="mark-zero" x1="{zero}" x2="{zero}" y1="0" y2="{HEIGHT}"/>'
        )
    low, high = interval
    if low is not None and high is not None:
        left, right = scale.place(low), scale.place(high)
        parts.append(
            f'<line class="mark-span" x1="{left:.1f}" x2="{right:.1f}"'
            f' y1="{middle}" y2="{middle}"/>'
        )
    dot = f"{scale.place(value):.1f}"
    parts.append(f'<circle class="mark-dot" cx="{dot}" cy="{middle}" r="3.5"/>')
    return format_html(
        '<svg class="interval{}" viewBox="0 0 {} {}" width="{}" height="{}" role="img">'
        "<title>{}</title>{}</svg>",
        " interval-faint" if is_faint else "", WIDTH, HEIGHT, WIDTH, HEIGHT, title,
        mark_safe("".join(parts)),  # noqa: S308 - digits
    )  # fmt: skip


def symmetric(reach: float) -> Scale:
    """Return a scale around zero that reaches so far to both sides."""
    return Scale(-reach, reach, zero=0.0)
