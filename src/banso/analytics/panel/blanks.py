"""Numbers that stand for "not known": 999, -1 and the like."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.panel.landmarks import Landmarks

Floats = NDArray[np.float64]

# Numbers that people and programs write for "not known", when they stand far off.
BLANK_CODES = tuple(
    sign * code
    for code in (9.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0)
    for sign in (1, -1)
)
BLANK_SHARE = 0.005  # of the rows; a rarer number does no harm
MOST_ROWS = 200_000  # enough to see a frequent code


def blank_codes(raw: Floats) -> tuple[float, ...]:
    """Return the codes for blank: frequent, and far from every other number.

    A code of nines counts when it lies further from the nearest other number than
    those spread. -1 counts when all others are whole and not negative, which no
    measured change is.

    Parameters
    ----------
    raw
        (n,) one column; NaN and infinity are not known.

    Returns
    -------
    tuple of float
        Ascending; empty when every number means what it says.

    """
    finite = raw[np.isfinite(raw)]
    often = {
        code
        for code in (*BLANK_CODES, -1.0)
        if 0 < np.count_nonzero(finite == code) >= BLANK_SHARE * len(raw)
    }
    if not often:
        return ()
    values = np.unique(finite)
    blanks = [code for code in BLANK_CODES if code in often]
    blanks = [code for code in blanks if _is_far(code, values, blanks)]
    rest = values[~np.isin(values, [*blanks, -1.0])]
    is_count = len(rest) > 2 and rest.min() >= 0 and (rest == np.round(rest)).all()
    if -1.0 in often and is_count:
        blanks.append(-1.0)
    return tuple(sorted(blanks))


def without_blank_codes(landmarks: Landmarks) -> Landmarks:
    """Return landmarks whose codes for blank are not known, as they are meant."""
    rows = slice(None, None, max(1, len(landmarks) // MOST_ROWS))
    values = landmarks.values
    for place, feature in enumerate(landmarks.features):
        if feature.kind != "number":
            continue
        codes = blank_codes(landmarks.values[rows, place])
        if codes:
            values = values.copy() if values is landmarks.values else values
            values[np.isin(values[:, place], codes), place] = np.nan
    return replace(landmarks, values=values)


def _is_far(code: float, values: Floats, codes: list[float]) -> bool:
    rest = values[~np.isin(values, [*codes, -1.0])]
    if len(rest) < 2:
        return False
    spread = rest.max() - rest.min()
    return bool(np.abs(rest - code).min() > spread)
