"""Signals as plain values, for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404

from banso.definitions.signals import Signal
from banso.runs.reading import Choice, ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.signals import words
from banso.web.signals.queries import JUDGED, TABLE, off_signals, sees
from banso.webkit.permissions import Staff

_FIGURES = ("figure", "value", "low", "high", "n", "events", "reason", "months")


@dataclass(frozen=True)
class SignalRecord:
    """A signal, at how many customers it is open, and how well it told."""

    key: str
    label: str
    kind: str
    within_days: int
    play: str
    open: int
    lacks: Sequence[str]
    figures: Sequence[Mapping[str, object]]


def list_signals(*, visible_to: Staff) -> list[SignalRecord]:
    """Return the signals that a user sees, in the order of the definitions."""
    reader = customers.published_reader()
    if reader is None:
        return []
    counted = reader.count_by(
        TABLE, ("signal",), customers=customers.visible_ids(visible_to)
    )
    counts = {str(row["signal"]): int(str(row["n"])) for row in counted}
    figures: dict[str, list[Mapping[str, object]]] = {}
    for row in reader.findings(JUDGED):
        figures.setdefault(str(row["signal"]), []).append(
            {name: row[name] for name in _FIGURES}
        )
    off = off_signals(reader)
    return [
        SignalRecord(
            key=signal.key,
            label=words.said(signal.label.label),
            kind=signal.kind,
            within_days=signal.within_days,
            play=signal.play or "",
            open=counts.get(signal.key, 0),
            lacks=off.get(signal.key, ()),
            figures=figures.get(signal.key, ()),
        )
        for signal in reader.catalog.signals
        if sees(visible_to, signal)
    ]


def open_at(
    key: str, *, visible_to: Staff, start: int, size: int
) -> tuple[list[Row], bool]:
    """Return customers at which a signal is open, and whether there are more.

    Raises
    ------
    Http404
        No signal of that key that the user sees.

    """
    reader = customers.published_reader()
    if reader is None or not _is_seen(reader, key, visible_to):
        raise Http404
    choice = Choice(
        equal={"signal": key},
        customers=customers.visible_ids(visible_to),
        order=("-worth", "-opened_on", "customer_id"),
        start=start,
        limit=size + 1,
    )
    rows = reader.beside_customers(TABLE, choice)
    return [_row(row) for row in rows[:size]], len(rows) > size


def _is_seen(reader: ReleaseReader, key: str, user: Staff) -> bool:
    found: Signal | None
    found = next((each for each in reader.catalog.signals if each.key == key), None)
    return found is not None and sees(user, found)


def _row(row: Row) -> Row:
    language = "ja" if words.is_japanese() else "en"
    return {
        **row,
        "name": row["name"] or row["customer_id"],
        "owner": row["owner"] or "",
        "band": row["band"] or "unknown",
        "currency": row.get("amount_currency") or "",
        "reason": row[f"reason_{language}"] or "",
    }
