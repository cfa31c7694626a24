"""Drivers as plain values, for programs."""

from banso.runs.reading import Row
from banso.web.customers import queries as customers


def list_drivers(stratum: str) -> list[Row]:
    """Return the elements of a stratum in the order of the page."""
    reader = customers.published_reader()
    if reader is None:
        return []
    rows = reader.findings("drivers", stratum=stratum)
    return sorted(rows, key=lambda row: (int(str(row["place"])), str(row["element"])))
