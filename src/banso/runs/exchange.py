"""What other currencies are worth on a day, of the rates that definitions give."""

import datetime as dt
from collections.abc import Mapping, Sequence

from banso.definitions.revenue import Rate


def rates_on(rates: Sequence[Rate], day: dt.date, *, into: str) -> Mapping[str, float]:
    """Return what one unit of each currency is worth on a day.

    The company's own currency is worth 1, and so is an amount that names none (""). A
    currency without a rate by that day is not there: it is never guessed.
    """
    known = sorted((each for each in rates if each.since <= day), key=lambda r: r.since)
    return {**{each.currency: float(each.rate) for each in known}, into: 1.0, "": 1.0}
