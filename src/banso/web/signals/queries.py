"""Reading signals: all of them, one, and those that are open at a customer."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.http import Http404

from banso.analytics.figures.estimate import Estimate
from banso.analytics.signals.judging import FIGURES, FigureName
from banso.analytics.signals.sentences import trial_in_words
from banso.definitions.signals import Signal
from banso.runs.reading import Choice, ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.signals import words
from banso.web.signals.worth import ShownWorth, currency_of, worth_of
from banso.webkit import formatting
from banso.webkit.paging import Page
from banso.webkit.permissions import Staff

TABLE: Final = "signals"
JUDGED: Final = "signals_judged"
PAGE_SIZE: Final = 50
State = Literal["ready", "none_defined", "no_contracts", "not_computed", "nothing_yet"]
_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "since": ("opened_on", "customer_id"),
    "customer": ("name", "customer_id"),
    "mrr": ("mrr", "customer_id"),
    "score": ("score", "customer_id"),
    "worth": ("worth", "customer_id"),
}
_NEWEST: Final = "-since"
_WORTHIEST: Final = "-worth"


@dataclass(frozen=True)
class Shown:
    """A figure as it is shown."""

    label: str
    value: str
    interval: str
    why_not: str  # "" when there is a value


@dataclass(frozen=True)
class SignalLine:
    """A signal in the list."""

    key: str
    label: str
    open: int  # at customers that the user sees
    figures: Mapping[str, Shown]  # by name


@dataclass(frozen=True)
class Group:
    """The signals of one kind."""

    title: str
    lines: Sequence[SignalLine]


@dataclass(frozen=True)
class Off:
    """A signal that lacks something."""

    label: str
    lacks: Sequence[str]


@dataclass(frozen=True)
class SignalsPage:
    """Everything that the list shows."""

    state: State
    as_of: dt.date | None = None
    known_by: dt.date | None = None
    months: int = 0
    groups: Sequence[Group] = ()
    off: Sequence[Off] = ()


@dataclass(frozen=True)
class OpenAt:
    """A customer at which a signal is open."""

    customer_id: str
    customer: str
    since: dt.date
    reason: str
    score: str
    band: str
    mrr: str
    worth: ShownWorth | None  # None in a release from before there was any


@dataclass(frozen=True)
class SignalPage:
    """Everything that the page of a signal shows."""

    key: str
    label: str
    kind: str
    as_of: dt.date
    known_by: dt.date | None
    rules: Sequence[tuple[str, str]]
    sentence: str  # "" when it is off
    lacks: Sequence[str]
    figures: Sequence[Shown]
    has_worth: bool
    sort: str
    count: int
    open: Page[OpenAt]


@dataclass(frozen=True)
class OpenSignal:
    """A signal that is open at a customer."""

    key: str
    label: str
    kind: str
    since: dt.date
    reason: str
    worth: ShownWorth | None


def sees(user: Staff, signal: Signal) -> bool:
    """Return whether a user sees a signal, at the customers that the user sees."""
    return not signal.seen_by or user.role in signal.seen_by


def kind_names() -> list[tuple[str, str]]:
    """Return every kind of signal with what it is called."""
    return [(key, words.kind(key)) for key in words.KINDS]


def signals_page(*, visible_to: Staff) -> SignalsPage:
    """Return all signals, with at how many of a user's customers each is open."""
    reader = customers.published_reader()
    if reader is None:
        return SignalsPage("nothing_yet")
    state = _state_of(reader)
    as_of = reader.release.as_of
    if state != "ready":
        return SignalsPage(state, as_of)
    rows = reader.count_by(
        TABLE, ("signal",), customers=customers.visible_ids(visible_to)
    )
    counts = {str(row["signal"]): int(str(row["n"])) for row in rows}
    figures, months = _figures(reader)
    off = off_signals(reader)
    seen = [s for s in reader.catalog.signals if sees(visible_to, s)]
    speaking = [s for s in seen if s.key not in off]
    groups = [
        Group(
            words.kind(kind),
            [
                _line(signal, counts.get(signal.key, 0), figures.get(signal.key, {}))
                for signal in speaking
                if signal.kind == kind
            ],
        )
        for kind in dict.fromkeys(signal.kind for signal in speaking)
    ]
    return SignalsPage(
        "ready",
        as_of,
        _known_by(reader),
        months,
        groups,
        [
            Off(words.said(signal.label.label), off[signal.key])
            for signal in seen
            if signal.key in off
        ],
    )


def signal_page(key: str, asked: Mapping[str, str], *, visible_to: Staff) -> SignalPage:
    """Return one signal, and the customers of a user at which it is open.

    Raises
    ------
    Http404
        No signal of the release that the user sees has that key.

    """
    reader = customers.published_reader()
    signal = None if reader is None else _find(reader, key)
    if reader is None or signal is None or not sees(visible_to, signal):
        raise Http404
    whose = customers.visible_ids(visible_to)
    currency = currency_of(reader)
    sort = _sort(asked.get("sort", ""), has_worth=bool(currency))
    at = int(asked["at"]) if asked.get("at", "").isdecimal() else 0
    rows = reader.beside_customers(
        TABLE,
        Choice(
            equal={"signal": key},
            customers=whose,
            order=_order(sort),
            start=at,
            limit=PAGE_SIZE + 1,
        ),
    )
    counts = reader.count_by(TABLE, ("signal",), customers=whose)
    found, months = _figures(reader)
    mine = found.get(key, {})
    return SignalPage(
        key=key,
        label=words.said(signal.label.label),
        kind=words.kind(signal.kind),
        as_of=reader.release.as_of,
        known_by=_known_by(reader),
        rules=words.rules(signal, reader.catalog),
        sentence=_sentence(signal, mine, months),
        lacks=off_signals(reader).get(key, ()),
        figures=[_shown(name, mine[name]) for name in FIGURES if name in mine],
        has_worth=bool(currency),
        sort=sort,
        count=sum(int(str(row["n"])) for row in counts if row["signal"] == key),
        open=Page(
            rows=[_open_at(row, currency) for row in rows[:PAGE_SIZE]],
            previous=str(max(0, at - PAGE_SIZE)) if at else "",
            next=str(at + PAGE_SIZE) if len(rows) > PAGE_SIZE else "",
        ),
    )


def open_signals(
    reader: ReleaseReader, customer_id: str, *, visible_to: Staff
) -> list[OpenSignal]:
    """Return the signals that are open at a customer and that a user sees.

    Those that are worth most come first, then the newest.
    """
    rows = reader.findings(TABLE, customer_id=customer_id)
    known = {s.key: s for s in reader.catalog.signals if sees(visible_to, s)}
    currency = currency_of(reader)
    rows.sort(
        key=lambda row: (
            -(_number(row.get("worth")) or 0),
            -_day(row).toordinal(),
            str(row["signal"]),
        )
    )
    return [
        OpenSignal(
            key=signal.key,
            label=words.said(signal.label.label),
            kind=words.kind(signal.kind),
            since=_day(row),
            reason=_reason(row),
            worth=worth_of({**row, "amount_currency": row.get("currency")}, currency),
        )
        for row in rows
        if (signal := known.get(str(row["signal"]))) is not None
    ]


def _state_of(reader: ReleaseReader) -> State:
    note = reader.release.notes.get("analyses")
    if isinstance(note, dict) and note.get("reason") == "no_contracts":
        return "no_contracts"
    if not isinstance(note, dict) or "signals" not in note:
        return "not_computed"
    return "ready" if reader.catalog.signals else "none_defined"


def off_signals(reader: ReleaseReader) -> Mapping[str, Sequence[str]]:
    """Return what each of the signals that do not speak lacks."""
    note = reader.release.notes.get("analyses")
    told = note.get("signals") if isinstance(note, dict) else None
    off = told.get("off") if isinstance(told, dict) else None
    if not isinstance(off, dict):
        return {}
    return {
        key: [str(name) for name in names]
        for key, names in off.items()
        if isinstance(names, list)
    }


def _known_by(reader: ReleaseReader) -> dt.date | None:
    note = reader.release.notes.get("analyses")
    day = note.get("known_by") if isinstance(note, dict) else None
    return None if day is None else dt.date.fromisoformat(str(day))


def _find(reader: ReleaseReader, key: str) -> Signal | None:
    return next((s for s in reader.catalog.signals if s.key == key), None)


def _figures(
    reader: ReleaseReader,
) -> tuple[Mapping[str, Mapping[FigureName, Estimate]], int]:
    """Return the figures of all signals, and of how many months they are."""
    found: dict[str, dict[FigureName, Estimate]] = {}
    months = 0
    for row in reader.findings(JUDGED):
        estimate = Estimate(
            value=_number(row["value"]),
            low=_number(row["low"]),
            high=_number(row["high"]),
            n=int(str(row["n"])),
            events=int(str(row["events"])),
            reason=None if row["reason"] is None else str(row["reason"]),
        )
        of_signal = found.setdefault(str(row["signal"]), {})
        of_signal |= {name: estimate for name in FIGURES if name == row["figure"]}
        months = int(str(row["months"]))
    return found, months


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _line(
    signal: Signal, count: int, figures: Mapping[FigureName, Estimate]
) -> SignalLine:
    return SignalLine(
        key=signal.key,
        label=words.said(signal.label.label),
        open=count,
        figures={name: _shown(name, found) for name, found in figures.items()},
    )


def _shown(name: FigureName, found: Estimate) -> Shown:
    return Shown(
        label=str(words.FIGURES[name]),
        value=words.value(name, found),
        interval=words.interval(name, found),
        why_not=words.reason(found.reason),
    )


def _sentence(
    signal: Signal, figures: Mapping[FigureName, Estimate], months: int
) -> str:
    if set(figures) != set(FIGURES):
        return ""
    by_name = {str(name): found for name, found in figures.items()}
    said = trial_in_words(by_name, months=months, outcome=signal.outcome)
    return words.said(said)


def _sort(asked: str, *, has_worth: bool) -> str:
    """Return what is sorted by; by worth where there is any, unless asked otherwise."""
    key = asked.removeprefix("-")
    if key in _ORDERS and (has_worth or key != "worth"):
        return asked
    return _WORTHIEST if has_worth else _NEWEST


def _order(sort: str) -> tuple[str, ...]:
    """Return the columns to sort by; the first as asked, the others ascending."""
    first, *others = _ORDERS[sort.removeprefix("-")]
    return (f"-{first}" if sort.startswith("-") else first, *others)


def _open_at(row: Row, currency: str) -> OpenAt:
    score = _number(row["score"])
    return OpenAt(
        customer_id=str(row["customer_id"]),
        customer=str(row["name"] or row["customer_id"]),
        since=_day(row),
        reason=_reason(row),
        score=formatting.points(score),
        band=str(row["band"] or "unknown"),
        mrr=customers.money_text(row["mrr"], str(row["currency"] or "")),  # type: ignore[arg-type]
        worth=worth_of(row, currency),
    )


def _reason(row: Row) -> str:
    return str(row["reason_ja" if words.is_japanese() else "reason_en"])


def _day(row: Row) -> dt.date:
    day = row["opened_on"]
    assert isinstance(day, dt.date)
    return day
