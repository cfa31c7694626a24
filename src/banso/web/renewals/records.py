"""Renewals as plain values, for programs."""

from collections.abc import Mapping

import numpy as np

from banso.runs.foretelling import FORETOLD
from banso.web.customers import queries as customers
from banso.web.renewals.rows import Renewal, Wanted, renewals_of, visible_renewals
from banso.webkit.permissions import Staff


def list_renewals(
    asked: Mapping[str, str], *, visible_to: Staff, start: int, size: int
) -> tuple[list[Renewal], bool]:
    """Return renewals ahead by their due day, and whether there are more."""
    reader = customers.published_reader()
    if reader is None or reader.result(FORETOLD) is None:
        return [], False
    every = visible_renewals(reader, visible_to)
    wanted = Wanted.read(asked)
    currencies = [wanted.currency] if wanted.currency else every.values("currency")
    places = sorted(
        int(place)
        for currency in currencies
        for place in Wanted.read({**asked, "currency": currency}).listed(every)
    )
    some = places[start : start + size]
    return list(renewals_of(every, np.asarray(some, dtype=np.int64))), len(
        places
    ) > start + size
