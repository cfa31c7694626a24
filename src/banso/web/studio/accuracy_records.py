"""How well the score told what would happen, as plain values, for programs."""

from collections.abc import Iterator, Mapping

from django.http import Http404

from banso.web.studio import queries
from banso.web.studio.accuracy import ALL, CHURN, EXPANSION, Accuracy, Line

Record = Mapping[str, object]


def accuracy(*, days: int | None, stratum: str) -> Record:
    """Return every figure of a horizon and stratum; 404: there is no such one.

    Parameters
    ----------
    days
        Within how many something happened; None: the shortest that was judged.
    stratum
        Which customers; empty: all.

    """
    page = queries.accuracy_page(days=days or 0, stratum=stratum or ALL, part="")
    found = page.accuracy
    if found is not None and (
        found.stratum != (stratum or ALL) or found.days != (days or found.days)
    ):
        raise Http404
    return {
        "as_of": page.release.as_of if page.release else None,
        "known_by": page.known_by,
        "why_not": page.why_not,
        "days": found.days if found else None,
        "stratum": found.stratum if found else None,
        "horizons": list(found.horizons) if found else [],
        "strata": [{"key": k, "label": label} for k, label in found.strata]
        if found
        else [],
        "items": list(_figures(found)) if found else [],
    }


def _figures(found: Accuracy) -> Iterator[Record]:
    for line in _lines(found):
        for outcome, figures in ((CHURN, line.churn), (EXPANSION, line.expansion)):
            for key, figure in figures.items():
                yield {
                    "subject": line.key,
                    "label": line.label,
                    "kind": line.kind,
                    "outcome": outcome,
                    "figure": key,
                    "value": figure.value,
                    "low": figure.low,
                    "high": figure.high,
                    "n": figure.n,
                    "events": figure.events,
                    "reason": figure.reason or None,
                }


def _lines(found: Accuracy) -> Iterator[Line]:
    yield from found.yardsticks
    for dimension, elements in found.dimensions:
        yield dimension
        yield from elements
