"""Reading trials: all of them, and one with everything that it says."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banso.analytics.trials.drawing import ARMS, Departure, Drawn, Lots, departures
from banso.analytics.trials.sizes import planned_total
from banso.charts.chart import Chart
from banso.charts.trials import TrialPoint, trial_looks
from banso.definitions.naming import NameRules
from banso.runs.reading import ReleaseReader, Row
from banso.tables.recorded import record_key
from banso.web.customers import queries as customers
from banso.web.trials import words
from banso.web.trials.models import AlwaysAct, Assignment, StartedTrial
from banso.webkit import formatting
from banso.webkit.company_names import column_name, value_name
from banso.webkit.permissions import Staff

RESULTS: Final = "trial_results"
LOOKS: Final = "trial_looks"
SHOWN: Final = 50  # customers on the page; all are in the file


@dataclass(frozen=True)
class TrialLine:
    """A trial in the list."""

    trial_id: str
    name: str
    signal: str
    play: str
    outcome: str
    basis: str  # running | stopped | planned_end
    basis_said: str
    verdict: str
    verdict_said: str
    sentence: str
    drawn: int
    over: int  # whose window is over
    planned: int | None
    effect: str
    interval: str


@dataclass(frozen=True)
class Measure:
    """A guard-rail, or a segment."""

    label: str
    n: str
    treated: str
    held_out: str
    effect: str
    interval: str
    verdict: str
    said: str


@dataclass(frozen=True)
class Stratum:
    """How many of a stratum were drawn into each arm."""

    name: str
    treated: int
    held_out: int


@dataclass(frozen=True)
class Member:
    """A customer in a trial whom the reader may see."""

    customer_id: str
    name: str
    arm: str
    assigned_on: dt.date
    opened_on: dt.date
    stratum: str
    position: int


@dataclass(frozen=True)
class Check:
    """Whether every arm is the one that the draw gives."""

    places: int
    seed: int
    faults: Sequence[tuple[Departure, str]]


@dataclass(frozen=True)
class TrialPage:
    """Everything that the page of a trial shows."""

    line: TrialLine
    started: StartedTrial | None  # None: it came from a file
    terms: Sequence[tuple[str, str]]
    treated: int
    held_out: int
    ends_on: dt.date | None
    decided_on: dt.date | None
    confidence: str
    saved: str  # what the adjustment brought
    chart: Chart
    rails: Sequence[Measure]
    segments: Sequence[tuple[str, Sequence[Measure]]]
    strata: Sequence[Stratum]
    check: Check | None
    members: Sequence[Member]
    more: int  # members who are not shown


def trial_lines() -> list[TrialLine]:
    """Return all trials, those that run first, then by name."""
    reader = customers.published_reader()
    rows = [] if reader is None else reader.findings(RESULTS, kind="outcome")
    found = {str(row["trial_id"]): row for row in rows}
    started = {each.trial_id: each for each in StartedTrial.objects.all()}
    counts = Counter(Assignment.objects.values_list("trial_id", flat=True))
    lines = [_line_of_row(row, reader, started.get(key)) for key, row in found.items()]
    lines += [
        _line_of_start(each, reader, counts[each.pk])
        for key, each in started.items()
        if key not in found
    ]
    return sorted(lines, key=lambda line: (line.basis != "running", line.name))


def get_started(number: int, *, lock: bool = False) -> StartedTrial:
    """Return a trial that was started here, or answer 404."""
    trials = StartedTrial.objects.all()
    return get_object_or_404(trials.select_for_update() if lock else trials, pk=number)


def find_started(trial_id: str) -> StartedTrial | None:
    """Return the trial with a key among the facts, if it was started here."""
    prefix = record_key("trial", "")
    number = trial_id.removeprefix(prefix)
    if number == trial_id or not number.isdecimal():
        return None
    return StartedTrial.objects.filter(pk=int(number)).first()


def get_number(trial_id: str) -> int:
    """Return the number of a trial that was started here, or answer 404."""
    started = find_started(trial_id)
    if started is None:
        raise Http404
    return started.pk


def list_started() -> list[StartedTrial]:
    """Return the trials that were started here, the oldest first."""
    return list(StartedTrial.objects.select_related("started_by"))


def drawn_by_arm() -> Mapping[tuple[str, str], int]:
    """Return how many were drawn, by the key of the trial and the arm."""
    rows = Assignment.objects.values_list("trial_id", "arm")
    return Counter((record_key("trial", number), arm) for number, arm in rows)


def why_always_act(customer_id: str) -> AlwaysAct | None:
    """Return the mark of a customer who is never held out, if it has one."""
    return AlwaysAct.objects.select_related("by").filter(pk=customer_id).first()


def trial_page(trial_id: str, *, visible_to: Staff) -> TrialPage:
    """Return one trial.

    Raises
    ------
    Http404
        Neither the release nor the app knows it.

    """
    reader = customers.published_reader()
    rows = [] if reader is None else reader.findings(RESULTS, trial_id=trial_id)
    started = find_started(trial_id)
    outcome = next((row for row in rows if row["kind"] == "outcome"), None)
    if outcome is None and started is None:
        raise Http404
    assignments = [] if started is None else list(started.assignments.all())
    arms = Counter(each.arm for each in assignments)
    if outcome is not None:
        line = _line_of_row(outcome, reader, started)
        treated = _int(outcome["assigned_treated"])
        held_out = _int(outcome["assigned_held_out"])
    else:
        assert started is not None
        line = _line_of_start(started, reader, len(assignments))
        treated = held_out = 0
    members, more = _members(assignments, visible_to)
    return TrialPage(
        line=line,
        started=started,
        terms=_terms(outcome, started),
        treated=arms["treated"] if assignments else treated,
        held_out=arms["held_out"] if assignments else held_out,
        ends_on=None if outcome is None else _date(outcome["ends_on"]),
        decided_on=None if outcome is None else _date(outcome["decided_on"]),
        confidence=_confidence(outcome),
        saved=_saved(outcome),
        chart=_chart(reader, trial_id),
        rails=[_rail(row) for row in rows if row["kind"] == "guard_rail"],
        segments=_segments(
            rows, NameRules() if reader is None else reader.catalog.names
        ),
        strata=_strata(assignments),
        check=_check(started, assignments),
        members=members,
        more=more,
    )


def visible_members(started: StartedTrial, *, visible_to: Staff) -> list[Member]:
    """Return everybody in a trial whom a user sees, in the order of the draw."""
    everybody = list(started.assignments.all())
    return list(_members(everybody, visible_to, limit=None)[0])


# -- lines ----------------------------------------------------------------------------


def _line_of_row(
    row: Row, reader: ReleaseReader | None, started: StartedTrial | None
) -> TrialLine:
    effect = _number(row["effect"])
    measure = str(row["measure"])
    basis = str(row["basis"])
    if started is not None and started.stopped_on and basis == "running":
        basis = "stopped"  # since the release
    japanese = (get_language() or "en").startswith("ja")
    return TrialLine(
        trial_id=str(row["trial_id"]),
        name=str(row["name"]),
        signal=signal_name(reader, _text(row["signal"])),
        play=play_name(reader, _text(row["play"])),
        outcome=str(words.OUTCOMES.get(measure, measure)),
        basis=basis,
        basis_said=str(words.BASES[basis]),
        verdict=str(row["verdict"]),
        verdict_said=str(words.VERDICTS[str(row["verdict"])]),
        sentence=str(row["said_ja" if japanese else "said_en"]),
        drawn=_int(row["assigned_treated"]) + _int(row["assigned_held_out"]),
        over=_int(row["n_treated"]) + _int(row["n_held_out"]),
        planned=None if row["planned"] is None else _int(row["planned"]),
        effect=words.change(measure, effect),
        interval=words.interval(measure, _number(row["low"]), _number(row["high"])),
    )


def _line_of_start(
    started: StartedTrial, reader: ReleaseReader | None, drawn: int
) -> TrialLine:
    basis = "running" if started.stopped_on is None else "stopped"
    return TrialLine(
        trial_id=started.trial_id,
        name=started.name,
        signal=signal_name(reader, started.signal),
        play=play_name(reader, started.play),
        outcome=str(words.OUTCOMES[started.outcome]),
        basis=basis,
        basis_said=str(words.BASES[basis]),
        verdict="not_enough",
        verdict_said=str(words.VERDICTS["not_enough"]),
        sentence="",
        drawn=drawn,
        over=0,
        planned=planned_total(started.planned_per_arm, started.share_held_out),
        effect=formatting.MISSING,
        interval="",
    )


def signal_name(reader: ReleaseReader | None, key: str) -> str:
    """Return what a signal is called; its key when nobody defines it any more."""
    signals = () if reader is None else reader.catalog.signals
    return next((words.said(s.label.label) for s in signals if s.key == key), key)


def play_name(reader: ReleaseReader | None, key: str) -> str:
    """Return what a play is called: as defined, else as the company names it."""
    if reader is None:
        return key
    defined = (p for p in reader.catalog.plays if p.key == key)
    return next(
        (words.said(play.label.label) for play in defined),
        value_name(reader.catalog.names, "play", key),
    )


# -- one trial ------------------------------------------------------------------------


def _terms(
    outcome: Row | None, started: StartedTrial | None
) -> Sequence[tuple[str, str]]:
    """Return what was fixed at the start, as the app or else the release knows it."""
    known: Mapping[str, object] = {} if outcome is None else outcome
    if started is not None:
        known = {**vars(started), "measure": started.outcome}
    measure = str(known["measure"])
    smallest, stopped = _number(known["smallest_effect"]), _date(known["stopped_on"])
    window = _("%(n)s days after the draw") % {"n": known["window_days"]}
    terms = [
        (_("Outcome"), str(words.OUTCOMES.get(measure, measure))),
        (_("Time followed"), window),
        (_("Share held out"), formatting.ratio(_number(known["share_held_out"]))),
        (_("Started on"), formatting.day(_date(known["started_on"]))),
    ]
    if smallest is not None:
        size = _("±%(n)s points") % {"n": f"{smallest * 100:.1f}"}
        terms.append((_("Smallest effect of interest"), size))
    if stopped is not None:
        terms.append((_("Held out until"), formatting.day(stopped)))
    if started is not None and started.stopped_why:
        terms.append((_("Why it was stopped"), started.stopped_why))
    return terms


def _confidence(outcome: Row | None) -> str:
    return "" if outcome is None else formatting.ratio(_number(outcome["confidence"]))


def _saved(outcome: Row | None) -> str:
    saved = None if outcome is None else _number(outcome["variance_saved"])
    return formatting.ratio(saved) if saved else ""


def _chart(reader: ReleaseReader | None, trial_id: str) -> Chart:
    rows = [] if reader is None else reader.findings(LOOKS, trial_id=trial_id)
    points = []
    for row in rows:
        day = _date(row["look_on"])
        assert day is not None
        points.append(
            TrialPoint(
                day=day,
                n_treated=_int(row["n_treated"]),
                n_held_out=_int(row["n_held_out"]),
                effect=_number(row["effect"]),
                low=_number(row["low"]),
                high=_number(row["high"]),
            )
        )
    points.sort(key=lambda point: point.day)
    return trial_looks(points, language=get_language() or "en")


def _rail(row: Row) -> Measure:
    measure, verdict = str(row["measure"]), str(row["verdict"])
    label = str(words.RAILS.get(measure, measure))
    return _measure(row, label, verdict, str(words.RAIL_VERDICTS[verdict]))


def _segments(
    rows: Sequence[Row], names: NameRules
) -> Sequence[tuple[str, Sequence[Measure]]]:
    """Return the segments by their column; columns of which none has an effect go."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        if row["kind"] == "segment":
            grouped.setdefault(str(row["segment_of"]), []).append(row)
    return [
        (
            column_name(names, column),
            [
                _measure(row, value_name(names, column, str(row["segment"])), "", "")
                for row in several
            ],
        )
        for column, several in grouped.items()
        if any(row["effect"] is not None for row in several)
    ]


def _measure(row: Row, label: str, verdict: str, said: str) -> Measure:
    measure = str(row["measure"])
    low, high = _number(row["low"]), _number(row["high"])
    reason = "" if row["reason"] is None else str(row["reason"])
    return Measure(
        label=label,
        n=formatting.number(_int(row["n_treated"]) + _int(row["n_held_out"])),
        treated=words.level(measure, _number(row["mean_treated"])),
        held_out=words.level(measure, _number(row["mean_held_out"])),
        effect=words.change(measure, _number(row["effect"])),
        interval=words.interval(measure, low, high)
        or str(words.REASONS.get(reason, reason)),
        verdict=verdict,
        said=said,
    )


def _strata(assignments: Sequence[Assignment]) -> Sequence[Stratum]:
    counts = Counter((each.stratum, each.arm) for each in assignments)
    names = sorted({stratum for stratum, _arm in counts})
    treated, held_out = ARMS
    return [
        Stratum(name, counts[name, treated], counts[name, held_out]) for name in names
    ]


def _check(
    started: StartedTrial | None, assignments: Sequence[Assignment]
) -> Check | None:
    """Work every place out again."""
    if started is None:
        return None
    rows = [
        Drawn(
            each.customer_id,
            each.stratum,
            each.position,
            "held_out" if each.arm == "held_out" else "treated",
        )
        for each in assignments
    ]
    found = departures(rows, Lots(started.seed, started.share_held_out))
    said = [(each, str(words.DEPARTURES[each.what])) for each in found]
    return Check(len(rows), started.seed, said)


def _members(
    assignments: Sequence[Assignment], user: Staff, limit: int | None = SHOWN
) -> tuple[Sequence[Member], int]:
    names: Mapping[str, str] = dict(
        customers.visible_customers(user)
        .filter(pk__in=[each.customer_id for each in assignments])
        .values_list("pk", "name")
    )
    seen = [each for each in assignments if each.customer_id in names]
    shown = seen if limit is None else seen[:limit]
    return [
        Member(
            customer_id=each.customer_id,
            name=names[each.customer_id] or each.customer_id,
            arm=str(words.ARMS[each.arm]),
            assigned_on=each.assigned_on,
            opened_on=each.opened_on,
            stratum=each.stratum,
            position=each.position,
        )
        for each in shown
    ], len(seen) - len(shown)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _int(value: object) -> int:
    return int(str(value))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _date(value: object) -> dt.date | None:
    assert value is None or isinstance(value, dt.date)
    return value
