"""Trials as plain values, for programs."""

from banso.runs.reading import Row
from banso.web.customers import queries as customers


def list_results() -> list[Row]:
    """Return what the trials say, by trial and place."""
    reader = customers.published_reader()
    if reader is None:
        return []
    rows = reader.findings("trial_results")
    return sorted(rows, key=lambda row: (str(row["trial_id"]), int(str(row["place"]))))
