"""Cohorts as plain values, for programs."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404

from banso.charts.cohorts import NamedLine
from banso.web.cohorts.queries import Choices, export_lines
from banso.web.cohorts.selection import Selection
from banso.web.customers import queries as customers

Record = Mapping[str, object]


@dataclass(frozen=True)
class Cells:
    """Every cohort at every age, and what else can be asked for."""

    as_of: dt.date | None  # None: nothing was computed yet
    cells: Sequence[Record] = ()
    groups: Sequence[str] = ()
    features: Sequence[str] = ()


def list_cells(asked: Mapping[str, str]) -> Cells:
    """Return every cohort at every age.

    Raises
    ------
    Http404
        There is no such group, segment or feature.

    """
    reader = customers.published_reader()
    if reader is None:
        return Cells(None)
    choices = Choices(reader)
    return Cells(
        as_of=reader.release.as_of,
        cells=[cell for line in list_lines(asked) for cell in _cells(line)],
        groups=[key for key, _label in choices.groups],
        features=[key for key, _label in choices.features],
    )


def list_lines(asked: Mapping[str, str]) -> Sequence[NamedLine]:
    """Return the cohorts that are asked for; 404 for what there is not."""
    reader = customers.published_reader()
    if reader is None:
        raise Http404
    wanted = Selection.read(asked)
    found = Choices(reader).completed(wanted)
    # the page leaves out what it cannot answer; a program would take it for the answer
    named = (wanted.name or found.name, asked.get("group", ""), wanted.segment)
    if named != (found.name, found.group, found.segment):
        raise Http404
    if asked.get("measure", wanted.measure) != wanted.measure:
        raise Http404
    return export_lines(wanted)


def _cells(each: NamedLine) -> list[Record]:
    return [
        {
            "cohort": each.name,
            "start": each.line.start,
            "segment": each.key if each.line.start is None else None,
            "is_growing": each.line.is_growing,
            "age_months": cell.age,
            "customers": cell.customers,
            "kept": cell.value,
            "low": cell.low,
            "high": cell.high,
            "reason": cell.reason,
        }
        for cell in each.line.cells
    ]
