"""Reading cohorts, as the run counted them."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.http import Http404

from banso.analytics.cohorts.shares import (
    PERIODS,
    CohortMonth,
    Period,
    cohort_lines,
    pooled_line,
)
from banso.charts.chart import Chart
from banso.charts.cohorts import (
    MOST_CURVES,
    MOST_ROWS,
    CohortShape,
    NamedLine,
    cohort_curves,
    cohort_heat_map,
)
from banso.runs.cohort_reading import CohortReading
from banso.runs.reading import ReleaseReader, Row
from banso.web.cohorts import words
from banso.web.cohorts.selection import SUBJECTS, WITH_MONEY, Selection, Subject
from banso.web.customers import queries as customers
from banso.web.forecast.queries import Names

ACTIVITY: Final = "activity_cohorts"
_NEEDS: Final = {
    "contracts": "subscriptions",
    "events": "events",
    "features": "events",
    "charges": "charges",
}
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class CohortsPage:
    """Everything that the page shows."""

    as_of: dt.date
    selection: Selection
    subjects: Pairs
    features: Pairs
    groups: Pairs
    segments: Pairs
    chart: Chart | None  # null: there are no cohorts of this kind
    needs: str  # the table without which there are none
    lines: int
    has_money: bool
    has_early: bool  # cohorts from before the data began
    has_growing: bool

    @property
    def hidden_rows(self) -> int:
        """How many of the oldest cohorts are in the file only."""
        return max(0, self.lines - MOST_ROWS)

    @property
    def has_hidden_curves(self) -> bool:
        """Whether the drawing leaves out lines that the table has."""
        return self.selection.form == "curves" and self.lines > MOST_CURVES


def cohorts_page(asked: Selection, *, language: str) -> CohortsPage | None:
    """Return the cohorts that an address asks for; None before any run."""
    reader = customers.published_reader()
    if reader is None:
        return None
    choices = Choices(reader)
    selection = choices.completed(asked)
    lines = _lines(reader, selection)
    shape = _shape(lines, selection, choices.head(selection))
    behind = _behind(reader, selection)
    return CohortsPage(
        as_of=reader.release.as_of,
        selection=selection,
        subjects=choices.subjects,
        features=choices.features,
        groups=choices.groups,
        segments=choices.segments(selection.group),
        chart=_chart(lines, selection, replace(shape, behind=behind), language),
        needs=_NEEDS[selection.of],
        lines=len(lines),
        has_money=selection.of in WITH_MONEY,
        has_early=any(each.line.is_early for each in lines),
        has_growing=any(each.line.is_growing for each in lines),
    )


def cohorts_chart(
    reader: ReleaseReader, asked: Selection, *, language: str
) -> Chart | None:
    """Return the cohorts of a release; None when none of them has a number."""
    choices = Choices(reader)
    selection = choices.completed(asked)
    lines = _lines(reader, selection)
    cells = [cell for each in lines for cell in each.line.cells]
    if all(cell.value is None for cell in cells):
        return None
    shape = _shape(lines, selection, choices.head(selection))
    return _chart(lines, selection, shape, language)


def told_period(reader: ReleaseReader, *, most: int) -> Period:
    """Return the shortest period that divides customers into cohorts to tell of.

    At most `most` of them, and the greater part large enough for a share; a year when
    no shorter one does.
    """
    for period in PERIODS[:-1]:
        lines = _lines(reader, Selection(by=period))
        told = sum(each.line.cells[0].value is not None for each in lines)
        if len(lines) <= most and 2 * told > len(lines):
            return period
    return PERIODS[-1]


def _behind(
    reader: ReleaseReader, asked: Selection
) -> Callable[[NamedLine, int], str] | None:
    """Return the address behind a cell; None where customers are not told."""
    if asked.of != "contracts" or not CohortReading(reader).can_tell:
        return None

    def address(each: NamedLine, age: int) -> str:
        return asked.behind(start=each.line.start, segment=each.key, age=age)

    return address


def export_lines(asked: Selection) -> Sequence[NamedLine]:
    """Return all lines that an address asks for; 404 before any run."""
    reader = customers.published_reader()
    if reader is None:
        raise Http404
    return _lines(reader, Choices(reader).completed(asked))


@dataclass(frozen=True)
class Choices:
    """What there is to choose from in a release."""

    reader: ReleaseReader

    @property
    def subjects(self) -> Pairs:
        """What can be followed."""
        return [(key, str(words.SUBJECTS[key])) for key in SUBJECTS]

    @property
    def features(self) -> Pairs:
        """The features with cohorts."""
        rows = self.reader.count_by(ACTIVITY, ("source", "name"))
        names = sorted(str(r["name"]) for r in rows if r["source"] == "features")
        return [(name, name) for name in names]

    @property
    def groups(self) -> Pairs:
        """What customers can be grouped by."""
        names = Names(self.reader.catalog)
        rows = self.reader.count_by("cohort_segments", ("grouping",))
        found = [(str(r["grouping"]), names.label(str(r["grouping"]))) for r in rows]
        return sorted(found, key=lambda pair: pair[1])

    def segments(self, group: str) -> Pairs:
        """Return the segments of a grouping; a colon stands before each."""
        rows = self.reader.count_by("cohort_segments", ("grouping", "segment"))
        values = sorted(str(r["segment"]) for r in rows if r["grouping"] == group)
        return [(f":{value}", words.segment(value)) for value in values]

    def head(self, asked: Selection) -> str:
        """Return the head of the names of the lines."""
        if asked.is_compared:
            return dict(self.groups)[asked.group]
        return str(words.HEADS[asked.by])

    def completed(self, asked: Selection) -> Selection:
        """Return a selection that the release can answer."""
        of: Subject = asked.of
        name = asked.name
        names = [key for key, _label in self.features] if of == "features" else []
        if of == "features" and name not in names:
            name = names[0] if names else ""
        group, segment = asked.group, asked.segment
        if group not in dict(self.groups):
            group, segment = "", None
        if segment is not None and f":{segment}" not in dict(self.segments(group)):
            segment = None
        return Selection(
            of=of,
            name=name,
            group=group,
            segment=segment,
            by=asked.by,
            measure=asked.measure,
            form=asked.form,
        )


def _shape(lines: Sequence[NamedLine], selection: Selection, head: str) -> CohortShape:
    return CohortShape(
        measure=selection.measure,
        title=str(words.SUBJECTS[selection.of]),
        sentence=words.sentence(lines, selection),
        head=head,
        say=words.share,
    )


def _chart(
    lines: Sequence[NamedLine], selection: Selection, shape: CohortShape, language: str
) -> Chart | None:
    if not lines:
        return None
    draw = cohort_heat_map if selection.form == "heat" else cohort_curves
    return draw(lines, shape, language=language)


def _lines(reader: ReleaseReader, asked: Selection) -> list[NamedLine]:
    if asked.is_compared:
        return _segment_lines(reader, asked)
    found = cohort_lines(
        [_month(row) for row in _rows(reader, asked)],
        period=asked.by,
        measure=asked.measure,
        last=reader.release.as_of,
    )
    return [
        NamedLine(words.period(each.start, asked.by, is_growing=each.is_growing), each)
        for each in found
        if each.start is not None
    ]


def _segment_lines(reader: ReleaseReader, asked: Selection) -> list[NamedLine]:
    by_segment: dict[str, list[CohortMonth]] = {}
    for row in reader.findings("cohort_segments", grouping=asked.group):
        by_segment.setdefault(str(row["segment"]), []).append(_month(row))
    return [
        NamedLine(words.segment(value), pooled_line(rows, measure=asked.measure), value)
        for value, rows in sorted(by_segment.items())
    ]


def _rows(reader: ReleaseReader, asked: Selection) -> list[Row]:
    if asked.of != "contracts":
        return reader.findings(ACTIVITY, source=asked.of, name=asked.name)
    if not asked.group:
        return reader.findings("cohorts")
    return reader.findings(
        "cohort_segments", grouping=asked.group, segment=asked.segment
    )


def _month(row: Row) -> CohortMonth:
    """Return a row of any table of cohorts; both kinds name their counts apart."""
    of_contracts = "retained_customers" in row
    people = row["retained_customers" if of_contracts else "active_customers"]
    money = row["retained_mrr" if of_contracts else "amount"]
    cohort = row["cohort"]
    assert isinstance(cohort, dt.date), "a date column"
    return CohortMonth(
        cohort=cohort,
        age=int(str(row["age"])),
        customers=int(str(row["customers"])),
        people=None if people is None else int(str(people)),
        money=None if money is None else Decimal(str(money)),
        currency=None if row["currency"] is None else str(row["currency"]),
        reason=None if row["reason"] is None else str(row["reason"]),
        is_early=bool(row["is_survivors_only" if of_contracts else "began_before"]),
    )
