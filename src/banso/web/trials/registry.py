"""The registry: how each play stands at each signal, and what is to be decided."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404

from banso.analytics.trials.registry import (
    STATES,
    Proof,
    Proposal,
    State,
    minutes_per_effect,
    proposal_of,
    renew_by,
)
from banso.analytics.trials.verdicts import VERDICTS
from banso.runs.reading import ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.trials import words
from banso.web.trials.forms import DecisionForm
from banso.web.trials.models import Decision
from banso.web.trials.queries import RESULTS, play_name, signal_name
from banso.webkit import formatting

_FIGURES: Final = ("lift", "lead_days", "covered", "precision")


@dataclass(frozen=True)
class Registered:
    """A play at a signal."""

    signal: str
    signal_key: str
    play: str
    state: State
    state_said: str
    decided: str  # by whom, when and why; "" before anybody did
    lift: str
    lead: str
    covered: str
    precision: str
    effect: str
    interval: str
    work: str  # hours of work behind one outcome
    renew_by: dt.date | None
    trial_id: str  # of the newest trial; "" without
    proposal: Proposal | None
    why_proposed: str
    form: DecisionForm


def registered() -> list[Registered]:
    """Return every play at a signal that was tried or decided about."""
    reader = customers.published_reader()
    newest = _newest(reader)
    decisions = _decisions()
    figures = _figures(reader)
    pairs = sorted({*newest, *decisions})
    return [
        _registered(pair, reader, newest.get(pair), decisions.get(pair), figures)
        for pair in pairs
    ]


def standings() -> list[Mapping[str, object]]:
    """Return how each play stands at each signal as values, for programs."""
    newest, decisions = _newest(customers.published_reader()), _decisions()
    return [
        _standing(pair, newest.get(pair), decisions.get(pair))
        for pair in sorted({*newest, *decisions})
    ]


def standing(signal: str, play: str) -> Mapping[str, object]:
    """Return how a play stands at a signal as values."""
    pair = (signal, play)
    newest = _newest(customers.published_reader()).get(pair)
    return _standing(pair, newest, _decisions().get(pair))


def check_pair(signal: str, play: str) -> None:
    """Answer 404 for a signal or play that nobody defines, tried or decided about."""
    reader = customers.published_reader()
    if (signal, play) in {*_newest(reader), *_decisions()}:
        return
    catalog = reader.catalog if reader else None
    signals = {each.key for each in catalog.signals} if catalog else set()
    plays = {each.key for each in catalog.plays} if catalog else set()
    if signal not in signals or play not in plays:
        raise Http404


def _standing(
    pair: tuple[str, str], row: Row | None, decision: Decision | None
) -> Mapping[str, object]:
    signal, play = pair
    return {
        "signal": signal,
        "play": play,
        "state": _state(decision),
        "decided_by": decision.by.email if decision else None,
        "decided_at": decision.at if decision else None,
        "why": decision.why if decision else "",
        "trial_id": row["trial_id"] if row else None,
        "verdict": row["verdict"] if row else None,
    }


def _decisions() -> Mapping[tuple[str, str], Decision]:
    """Return the last decision of each signal and play."""
    made = Decision.objects.select_related("by").order_by("pk")
    return {(each.signal, each.play): each for each in made}


def _newest(reader: ReleaseReader | None) -> Mapping[tuple[str, str], Row]:
    """Return the newest trial of each signal and play; one that runs goes last."""
    rows = [] if reader is None else reader.findings(RESULTS, kind="outcome")
    named = [row for row in rows if row["signal"] and row["play"]]
    named.sort(key=lambda row: (row["verdict"] != "not_enough", str(row["started_on"])))
    return {(str(row["signal"]), str(row["play"])): row for row in named}


def _registered(
    pair: tuple[str, str],
    reader: ReleaseReader | None,
    row: Row | None,
    decision: Decision | None,
    figures: Mapping[tuple[str, str], Row],
) -> Registered:
    signal, play = pair
    state = _state(decision)
    mine = {name: figures.get((signal, name)) for name in _FIGURES}
    decided_on = None if row is None else _date(row["decided_on"])
    proposal = None
    if reader is not None:
        lift = mine["lift"]
        proposal = proposal_of(
            state,
            _proof(row, decided_on),
            lift_high=None if lift is None else _number(lift["high"]),
            today=reader.release.as_of,
        )
    effect = None if row is None else _number(row["effect"])
    measure = "" if row is None else str(row["measure"])
    proposed = proposal.state if proposal else state
    return Registered(
        signal=signal_name(reader, signal),
        signal_key=signal,
        play=play_name(reader, play),
        state=state,
        state_said=str(words.STATES[state]),
        decided=_decided(decision),
        lift=_said(mine["lift"], formatting.quantity),
        lead=_said(mine["lead_days"], formatting.number),
        covered=_said(mine["covered"], formatting.ratio),
        precision=_said(mine["precision"], formatting.ratio),
        effect=words.change(measure, effect),
        interval=""
        if row is None
        else words.interval(measure, _number(row["low"]), _number(row["high"])),
        work=_work(reader, signal, play, row),
        renew_by=renew_by(decided_on)
        if row is not None and row["verdict"] == "proven"
        else None,
        trial_id="" if row is None else str(row["trial_id"]),
        proposal=proposal,
        why_proposed=str(words.PROPOSALS[proposal.reason]) if proposal else "",
        form=DecisionForm(
            initial={"signal": signal, "play": play, "state": proposed},
            auto_id=f"decide-{signal}-{play}-%s",
        ),
    )


def _state(decision: Decision | None) -> State:
    return next((s for s in STATES if decision and decision.state == s), "trial")


def _proof(row: Row | None, decided_on: dt.date | None) -> Proof | None:
    if row is None:
        return None
    verdict = next(v for v in VERDICTS if v == row["verdict"])
    return Proof(verdict, row["basis"] != "running", decided_on)


def _decided(decision: Decision | None) -> str:
    if decision is None:
        return ""
    return f"{decision.by.name} · {formatting.day(decision.at)} · {decision.why}"


def _figures(reader: ReleaseReader | None) -> Mapping[tuple[str, str], Row]:
    rows = [] if reader is None else reader.findings("signals_judged")
    return {
        (str(row["signal"]), str(row["figure"])): row
        for row in rows
        if row["value"] is not None
    }


def _said(row: Row | None, form: Callable[..., str]) -> str:
    return formatting.MISSING if row is None else form(_number(row["value"]))


def _work(reader: ReleaseReader | None, signal: str, play: str, row: Row | None) -> str:
    """Return the hours behind one outcome that a proven play brought or prevented."""
    if reader is None or row is None or row["verdict"] != "proven":
        return formatting.MISSING
    minutes = next((p.minutes for p in reader.catalog.plays if p.key == play), None)
    if minutes is None:
        signals: Sequence[int] = [
            s.minutes for s in reader.catalog.signals if s.key == signal
        ]
        minutes = signals[0] if signals else None
    if minutes is None:
        return formatting.MISSING
    found = minutes_per_effect(minutes, _number(row["effect"]))
    return formatting.quantity(None if found is None else found / 60)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _date(value: object) -> dt.date | None:
    assert value is None or isinstance(value, dt.date)
    return value
