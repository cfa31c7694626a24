"""Leavers and stayers of the same date and nearly the same tenure, once per leaving."""

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import BY_CHOICE, NO_END, Landmarks

WINDOW_DAYS = 84  # twelve weeks, so that weekly landmarks fall on the borders
BANDS = ("tenure:0-1", "tenure:1-2", "tenure:2+")  # years; a stratum is within one
QUARTERS = 40  # of tenure that are told apart
SMALLEST_STRATUM = 20  # rows; with fewer, too many leavers would find no stayer
STAYERS_A_LEAVER = 10  # more than ten add next to nothing to the precision
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Matched:
    """Rows on the landmark dates, each with what came of it: ``m``, by stratum."""

    rows: NDArray[np.intp]  # (m,) positions in the landmarks
    left: NDArray[np.bool_]  # (m,) by choice, within the window
    date: NDArray[np.intp]  # (m,) number of the landmark date
    stratum: NDArray[np.intp]  # (m,) same date, tenure within a quarter or so
    band: NDArray[np.intp]  # (m,) place in BANDS
    half: NDArray[np.intp]  # (m,) number of the half-year of the date
    cluster: NDArray[np.intp]  # (m,) number of the customer, 0..
    window_days: int

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def only(self, kept: NDArray[np.bool_] | NDArray[np.intp]) -> "Matched":
        """Return some of the rows in the same strata."""
        return replace(
            self,
            rows=self.rows[kept],
            left=self.left[kept],
            date=self.date[kept],
            stratum=self.stratum[kept],
            band=self.band[kept],
            half=self.half[kept],
            cluster=self.cluster[kept],
        )


def matched(landmarks: Landmarks, *, window_days: int) -> Matched:
    """Return leavers and stayers on dates that are at least `window_days` apart.

    Who ended otherwise than by choice within the window neither left nor stayed, and
    is not compared.
    """
    dates = landmark_dates(
        landmarks.as_of, seen_until=landmarks.seen_until, window_days=window_days
    )
    rows = np.flatnonzero(np.isin(landmarks.as_of, dates))
    came = came_of(landmarks, rows, gap_days=0, window_days=window_days)
    rows, left = rows[came >= 0], came[came >= 0] == 1
    date = np.searchsorted(dates, landmarks.as_of[rows])
    quarter = np.minimum(landmarks.tenure_days[rows] * 4 // DAYS_A_YEAR, QUARTERS)
    half = landmarks.as_of[rows].astype(np.intp) * 2 // DAYS_A_YEAR
    _, cluster = np.unique(landmarks.customer[rows], return_inverse=True)
    stratum = _strata(date, quarter)
    found = Matched(
        rows=rows,
        left=left,
        date=date,
        stratum=stratum,
        band=np.minimum(quarter // 4, 2).astype(np.intp),
        half=half,
        cluster=cluster.astype(np.intp),
        window_days=window_days,
    )
    # Neighbors in memory are then added up together, which is several times as quick.
    return found.only(np.argsort(stratum, kind="stable"))


def sampled(matched: Matched, *, most_rows: int, seed: int) -> NDArray[np.intp]:
    """Return rows that carry nearly all there is to know, in their order.

    All, up to `most_rows`. Of more, the leavers, as far as ten stayers for each fit in,
    and in each stratum ten stayers for each. A choice of rows by what came of them does
    no harm within strata (nested case-control).
    """
    if len(matched) <= most_rows:
        return np.arange(len(matched))
    random = np.random.default_rng(seed)
    leavers = np.flatnonzero(matched.left)
    fitting = most_rows // (1 + STAYERS_A_LEAVER)
    if len(leavers) > fitting:
        leavers = random.choice(leavers, fitting, replace=False)
    count = int(matched.stratum.max(initial=0)) + 1
    wanted = np.bincount(matched.stratum[leavers], minlength=count)
    stayers = random.permutation(np.flatnonzero(~matched.left))
    stayers = stayers[np.argsort(matched.stratum[stayers], kind="stable")]
    stratum = matched.stratum[stayers]
    sizes = np.bincount(stratum, minlength=count)
    place = np.arange(len(stayers)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen = stayers[place < STAYERS_A_LEAVER * wanted[stratum]]
    return np.sort(np.concatenate([leavers, chosen]))


def came_of(
    landmarks: Landmarks, rows: NDArray[np.intp], *, gap_days: int, window_days: int
) -> NDArray[np.int8]:
    """Return what came of rows in the `window_days` that begin `gap_days` later.

    Returns
    -------
    NDArray[np.int8]
        (m,) 1 left by choice, 0 stayed; -1 when it is not known, when the customer was
        gone before the window began, or ended in it otherwise than by choice.

    """
    as_of = landmarks.as_of[rows].astype(np.int64)
    leaves_on = landmarks.leaves_on[rows].astype(np.int64)
    until = as_of + gap_days + window_days
    ended = (leaves_on != NO_END) & (leaves_on <= until)
    by_choice = np.isin(landmarks.end_kind[rows], BY_CHOICE)
    came = np.where(ended, np.where(by_choice, 1, -1), 0)
    lost = (until > landmarks.seen_until) | (leaves_on <= as_of + gap_days)
    return np.where(lost, -1, came).astype(np.int8)


def followed_window(
    dates: NDArray[np.int32], *, seen_until: int, window_days: int = WINDOW_DAYS
) -> int:
    """Return how many days after a landmark date are looked at.

    `window_days`, or all days after the first date when there are fewer: a file of one
    month still tells who left in it.
    """
    days = seen_until - int(dates.min(initial=seen_until))
    return min(window_days, days) if days > 0 else window_days


def landmark_dates(
    dates: NDArray[np.int32], *, seen_until: int, window_days: int
) -> NDArray[np.int32]:
    """Return the latest dates that are followed and far enough apart, ascending."""
    chosen: list[np.int32] = []
    for date in np.unique(dates)[::-1]:
        is_apart = not chosen or date <= chosen[-1] - window_days
        if is_apart and int(date) + window_days <= seen_until:
            chosen.append(date)
    return np.array(chosen[::-1], dtype=np.int32)


def _strata(date: NDArray[np.intp], quarter: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return strata of a date and neighboring quarters of tenure.

    Quarters are joined until a stratum has enough rows, never over a band or a date.
    """
    cell = date * (QUARTERS + 1) + quarter
    cells, place, counts = np.unique(cell, return_inverse=True, return_counts=True)
    group = cells // (QUARTERS + 1) * 3 + np.minimum(cells % (QUARTERS + 1) // 4, 2)
    number = np.zeros(len(cells), dtype=np.intp)
    for first, last in _runs(group):
        sizes = counts[first:last].tolist()
        number[first:last] = _joined(sizes) + (number[first - 1] + 1 if first else 0)
    return number[place]


def _runs(group: NDArray[np.intp]) -> list[tuple[int, int]]:
    borders = np.flatnonzero(np.diff(group)) + 1
    edges = [0, *borders.tolist(), len(group)]
    return [(a, b) for a, b in itertools.pairwise(edges) if a < b]


def _joined(sizes: list[int]) -> NDArray[np.intp]:
    """Return the number of the stratum of each cell of a date and band."""
    numbers, number, size = [], 0, 0
    for cell in sizes:
        if size >= SMALLEST_STRATUM:
            number, size = number + 1, 0
        numbers.append(number)
        size += cell
    if number and size < SMALLEST_STRATUM:  # the rest joins the one before
        numbers = [min(n, number - 1) for n in numbers]
    return np.array(numbers, dtype=np.intp)
