"""Model cards: one for each fit, as the run wrote it."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from banso.runs.reading import ReleaseReader, Row
from banso.web.forecast import words
from banso.web.forecast.naming import Names
from banso.webkit import formatting

TABLE: Final = "forecast_models"


@dataclass(frozen=True)
class Feature:
    """A feature that was used or dropped, and why."""

    key: str
    label: str
    reason: str = ""
    metric: str = ""  # the key of its page


@dataclass(frozen=True)
class RuleFigures:
    """How one rule did on the validation part."""

    rule: str
    label: str
    auc: str
    auc_note: str
    log_loss: str
    log_loss_note: str
    is_model: bool


@dataclass(frozen=True)
class Card:
    """One fit of one target."""

    fitted_on: dt.date
    target: str
    family: str
    rows: int
    customers: int
    events: int
    first_date: dt.date | None
    last_date: dt.date | None
    used: Sequence[Feature]
    dropped: Sequence[Feature]
    changed: Sequence[Feature]
    judged: Sequence[RuleFigures]
    horizon: int | None  # of the figures
    limits: Sequence[str]
    needs: Sequence[str]
    enough_on: dt.date | None
    reason: str
    auc: float | None  # of the family that was chosen

    @property
    def family_words(self) -> str:
        """What the family is called."""
        return str(words.FAMILIES.get(self.family, self.family))

    @property
    def target_words(self) -> str:
        """What is forecast."""
        return str(words.TARGETS.get(self.target, self.target))

    @property
    def auc_text(self) -> str:
        """The AUC of the validation part."""
        return formatting.number(self.auc, places=2)


def newest_card(reader: ReleaseReader, target: str) -> Card | None:
    """Return the card of the newest fit of a target."""
    found = cards_of(reader, target)
    return found[0] if found else None


def cards_of(reader: ReleaseReader, target: str) -> Sequence[Card]:
    """Return the cards of a target, the newest first."""
    rows = reader.findings(TABLE, target=target)
    names = Names(reader.catalog)
    ordered = sorted(rows, key=lambda row: str(row["fitted_on"]), reverse=True)
    return [_card(row, names) for row in ordered]


def _card(row: Row, names: Names) -> Card:
    figures = _json(row, "figures", {})
    judged = figures.get("judged", []) if isinstance(figures, dict) else []
    family = str(row["family"])
    rules = [_rule(each, family) for each in judged]
    chosen = next((each for each in judged if each["rule"] == family), None)
    return Card(
        fitted_on=row["fitted_on"],  # type: ignore[arg-type]
        target=str(row["target"]),
        family=family,
        rows=int(str(row["rows"])),
        customers=int(str(row["customers"])),
        events=int(str(row["events"])),
        first_date=row["first_date"],  # type: ignore[arg-type]
        last_date=row["last_date"],  # type: ignore[arg-type]
        used=[_feature({"key": key}, names) for key in _list(row, "features")],
        dropped=[_feature(note, names) for note in _list(row, "dropped")],
        changed=[_feature(note, names) for note in _list(row, "changed")],
        judged=rules,
        horizon=int(judged[0]["horizon"]) if judged else None,
        limits=[words.limit(str(code)) for code in _list(row, "limits")],
        needs=[
            words.need(need["what"], need["have"], need["need"])
            for need in _list(row, "needs")
        ],
        enough_on=row.get("enough_on"),  # type: ignore[arg-type]
        reason=words.reason(str(row["reason"])) if row["reason"] else "",
        auc=chosen["auc"]["value"] if chosen else None,
    )


def _rule(rule: Mapping[str, object], family: str) -> RuleFigures:
    auc, log_loss = rule["auc"], rule["log_loss"]
    assert isinstance(auc, dict)
    assert isinstance(log_loss, dict)
    key = str(rule["rule"])
    return RuleFigures(
        rule=key,
        label=str(words.RULES.get(key, key)),
        auc=formatting.number(auc["value"], places=2),
        auc_note=_note(auc, places=2),
        log_loss=formatting.number(log_loss["value"], places=4),
        log_loss_note=_note(log_loss, places=4),
        is_model=key == family,
    )


def _note(estimate: Mapping[str, object], *, places: int) -> str:
    if estimate["reason"]:
        return words.reason(str(estimate["reason"]))
    low, high = estimate["low"], estimate["high"]
    if low is None or high is None:
        return ""
    ends = [formatting.number(float(str(e)), places=places) for e in (low, high)]
    return "–".join(ends)


def _feature(note: Mapping[str, object], names: Names) -> Feature:
    key = str(note["key"])
    code, detail = str(note.get("reason") or ""), str(note.get("detail") or "")
    reason = words.reason(code)
    if code == "duplicate" and detail:
        reason = f"{reason} ({names.label(detail)})"
    elif detail:
        reason = f"{reason} ({detail})"
    return Feature(
        key=key,
        label=names.label(key),
        reason=reason,
        metric=key if names.is_metric(key) else "",
    )


def _list(row: Row, column: str) -> list:  # type: ignore[type-arg] # JSON of a run
    found = _json(row, column, [])
    return found if isinstance(found, list) else []


def _json(row: Row, column: str, nothing: object) -> object:
    text = row.get(column)
    return json.loads(str(text)) if text else nothing
