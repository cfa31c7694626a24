"""What plays seem to achieve by their history, where no trial says it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banso.analytics.effects.balance import NOTED
from banso.analytics.effects.estimating import FEWEST_CUSTOMERS
from banso.analytics.effects.sentences import ASSUMPTIONS, VERDICTS
from banso.definitions.signals import CHANCES
from banso.runs.play_estimating import ESTIMATES
from banso.runs.reading import ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.trials import words
from banso.web.trials.queries import play_name, signal_name
from banso.webkit import formatting
from banso.webkit.company_names import column_name


@dataclass(frozen=True)
class BalanceLine:
    """Something that was known before, on both sides."""

    label: str
    treated: str
    before: str  # of the others, as they are
    after: str  # weighted
    apart_before: str
    apart_after: str
    is_off: bool  # still apart by more than a tenth of a deviation


@dataclass(frozen=True)
class PlaceboLine:
    """A difference that the play cannot have made."""

    label: str
    effect: str
    interval: str
    is_known: bool
    is_failed: bool


@dataclass(frozen=True)
class HistoryEstimate:
    """An estimate from history, which is no trial, of a play at a signal."""

    signal: str
    signal_key: str
    play: str
    play_key: str
    verdict: str
    verdict_said: str
    sentence: str
    unseen: str  # what something unrecorded would have to do; "" without a figure
    effect: str
    interval: str
    naive: str
    treated: int  # customers
    others: int
    effective: str
    begun_late: int
    balance: Sequence[BalanceLine]
    placebos: Sequence[PlaceboLine]

    @property
    def has_figure(self) -> bool:
        """Whether there is an effect to be shown."""
        return self.interval != ""


@dataclass(frozen=True)
class HistoryPage:
    """All estimates, and those for which there is too little."""

    known_by: dt.date | None
    estimates: Sequence[HistoryEstimate]
    few: Sequence[HistoryEstimate]
    assumptions: Sequence[str]
    fewest: int


def history_page() -> HistoryPage:
    """Return the estimates of the release that is shown, those with a figure first."""
    reader = customers.published_reader()
    rows = [] if reader is None else reader.findings(ESTIMATES)
    if reader is None or not rows:
        return HistoryPage(None, (), (), (), FEWEST_CUSTOMERS)
    rows.sort(key=lambda row: int(str(row["place"])))
    found = [
        _estimate(row, _beside(row, rows), reader)
        for row in rows
        if row["kind"] == "effect"
    ]
    found.sort(key=lambda each: (not each.has_figure, each.signal))
    assumed = [words.said(each) for each in ASSUMPTIONS]
    return HistoryPage(
        known_by=_known_by(reader),
        estimates=[each for each in found if each.verdict != "not_enough"],
        few=[each for each in found if each.verdict == "not_enough"],
        assumptions=assumed,
        fewest=FEWEST_CUSTOMERS,
    )


def _beside(row: Row, rows: Sequence[Row]) -> Sequence[Row]:
    pair = (row["signal"], row["play"])
    return [
        each
        for each in rows
        if (each["signal"], each["play"]) == pair and each["kind"] != "effect"
    ]


def _estimate(
    row: Row, beside: Sequence[Row], reader: ReleaseReader
) -> HistoryEstimate:
    language = "ja" if (get_language() or "en").startswith("ja") else "en"
    measure, verdict = str(row["measure"]), str(row["verdict"])
    named = {str(key): label for key, label in VERDICTS.items()}
    effective = _number(row["effective"])
    return HistoryEstimate(
        signal=signal_name(reader, str(row["signal"])),
        signal_key=str(row["signal"]),
        play=play_name(reader, str(row["play"])),
        play_key=str(row["play"]),
        verdict=verdict,
        verdict_said=words.said(named[verdict]),
        sentence=str(row[f"said_{language}"]),
        unseen=str(row[f"unseen_{language}"] or ""),
        effect=words.change(measure, _number(row["effect"])),
        interval=words.interval(measure, _number(row["low"]), _number(row["high"])),
        naive=words.change(measure, _number(row["naive"])),
        treated=int(str(row["customers_treated"])),
        others=int(str(row["customers_others"])),
        effective=formatting.number(None if effective is None else round(effective)),
        begun_late=int(str(row["begun_late"])),
        balance=[
            _balance(each, reader) for each in beside if each["kind"] == "balance"
        ],
        placebos=[
            _placebo(each, reader) for each in beside if each["kind"] == "placebo"
        ],
    )


def _balance(row: Row, reader: ReleaseReader) -> BalanceLine:
    name = str(row["measure"])
    is_shown = name not in ("calendar", "mrr")  # day numbers and logarithms say nothing
    treated, before, after = (
        _level(name, _number(row[column]) if is_shown else None)
        for column in ("treated", "others_before", "others")
    )
    apart = _number(row["difference_after"]) or 0.0
    return BalanceLine(
        label=column_label(name, reader),
        treated=treated,
        before=before,
        after=after,
        apart_before=_signed(_number(row["difference_before"])),
        apart_after=_signed(apart),
        is_off=abs(apart) > NOTED,
    )


def _placebo(row: Row, reader: ReleaseReader) -> PlaceboLine:
    name = str(row["measure"])
    low, high = _number(row["low"]), _number(row["high"])
    if low is None or high is None:
        unknown = _("not known of enough customers")
        return PlaceboLine(
            label=column_label(name, reader),
            effect=formatting.MISSING,
            interval=unknown,
            is_known=False,
            is_failed=False,
        )
    scale = 100 if name in CHANCES else 1
    between = "〜" if (get_language() or "en").startswith("ja") else " to "
    said = [_signed(x * scale) for x in (_number(row["effect"]) or 0.0, low, high)]
    return PlaceboLine(
        label=column_label(name, reader),
        effect=said[0],
        interval=f"{said[1]}{between}{said[2]}",
        is_known=True,
        is_failed=not low <= 0 <= high,
    )


def column_label(name: str, reader: ReleaseReader) -> str:
    """Return what is said of a column in which both sides are compared."""
    if name in CHANCES:
        outcome, days = name.rsplit("_", 1)
        return _("Forecast: %(outcome)s within %(days)s days") % {
            "outcome": words.OUTCOMES[outcome],
            "days": days,
        }
    metric = reader.catalog.metric_by_key.get(name)
    if metric is not None:
        return words.said(metric.label.label)
    named: Mapping[str, object] = {**words.RAILS, **words.COLUMNS, **words.KNOWN_BEFORE}
    return str(named.get(name) or column_name(reader.catalog.names, name))


def _level(name: str, value: float | None) -> str:
    if name in CHANCES:
        return words.share(value)
    return formatting.quantity(value)


def _signed(value: float | None) -> str:
    if value is None:
        return formatting.MISSING
    return f"{value:+.2f}".replace("-", "−")


def _known_by(reader: ReleaseReader) -> dt.date | None:
    note = reader.release.notes.get("analyses")
    day = note.get("known_by") if isinstance(note, dict) else None
    return None if day is None else dt.date.fromisoformat(str(day))


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
