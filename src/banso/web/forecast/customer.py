"""The forecast of one customer, as its page shows it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banso.charts.chart import Chart
from banso.charts.forecast import ChancePoint, chance_history
from banso.runs.reading import ReleaseReader, Row
from banso.web.forecast import words
from banso.web.forecast.cards import newest_card
from banso.web.forecast.figures import figure_of
from banso.web.forecast.naming import Names
from banso.webkit import formatting

HORIZONS: Final = (30, 90, 180, 365)
MOVES: Final = ("expansion", "contraction")
WORTH_SAYING: Final = 0.1  # of its value before
MOST_OFF: Final = 0.1  # by which chances of a move may be off, or they are not told
_NO_CURRENCY: Final = "XXX"


@dataclass(frozen=True)
class Chance:
    """One chance with its interval."""

    label: str
    value: float | None
    text: str
    interval: str
    reason: str = ""


@dataclass(frozen=True)
class Reason:
    """What adds to a chance, or takes from it."""

    sentence: str
    points: str
    size: float  # of the longest bar, 0 to 1
    is_up: bool
    metric: str  # the key of its page; empty: it has none


@dataclass(frozen=True)
class Move:
    """The chances that MRR rises, or that it falls."""

    target: str  # expansion | contraction
    chances: Sequence[Chance]  # of the horizons at which they held in the past
    withheld: str  # the other horizons, in words; empty: there are none
    expected: str  # what MRR is expected to move by within 90 days; empty: not known
    reasons: Sequence[Reason]

    @property
    def is_known(self) -> bool:
        """Whether any of the chances is known."""
        return any(chance.value is not None for chance in self.chances)


@dataclass(frozen=True)
class CustomerForecast:
    """What is expected of one customer."""

    as_of: dt.date
    basis: str  # model | rate | notice
    basis_words: str
    chances: Sequence[Chance]
    renewal: Chance | None
    moves: Sequence[Move]  # expansion, contraction
    mrr_at_risk: str  # expected loss within 90 days
    reasons: Sequence[Reason]
    history: Chart | None
    why_no_model: str  # empty: there is one
    needs: Sequence[str]
    enough_on: dt.date | None

    @property
    def has_moves(self) -> bool:
        """Whether any chance of a move of MRR is known."""
        return any(move.is_known for move in self.moves)

    @property
    def main(self) -> Chance:
        """The chance of leaving within 90 days."""
        return self.chances[HORIZONS.index(90)]

    @property
    def is_known(self) -> bool:
        """Whether any chance of leaving is known."""
        return any(chance.value is not None for chance in self.chances)


def customer_forecast(
    reader: ReleaseReader, customer_id: str
) -> CustomerForecast | None:
    """Return the forecast of a customer on the last as-of date.

    None when the release has no forecast, or the customer had no open contract then.
    """
    grid = sorted(
        reader.findings("forecast_grid", customer_id=customer_id),
        key=lambda row: str(row["as_of"]),
    )
    if not grid or grid[-1]["as_of"] != reader.release.as_of:
        return None
    now = grid[-1]
    basis, code = str(now["basis"]), now["reason"]
    card = newest_card(reader, "churn") if basis == "rate" else None
    return CustomerForecast(
        as_of=reader.release.as_of,
        basis=basis,
        basis_words=str(words.BASES.get(basis, basis)),
        chances=[_chance(now, "churn", days, words.within(days)) for days in HORIZONS],
        renewal=_renewal(reader, customer_id),
        moves=[_move(now, reader, customer_id, target) for target in MOVES],
        mrr_at_risk=_at_risk(now),
        reasons=reasons_of(reader, customer_id),
        history=_history(grid),
        why_no_model=words.reason(str(code)) if code and basis == "rate" else "",
        needs=card.needs if card else (),
        enough_on=card.enough_on if card else None,
    )


def _move(now: Row, reader: ReleaseReader, customer_id: str, target: str) -> Move:
    failed = _failed(reader, target)
    return Move(
        target=target,
        chances=[
            _chance(now, target, days, words.within(days))
            for days in HORIZONS
            if days not in failed
        ],
        withheld=formatting.listed([words.within(days) for days in sorted(failed)]),
        expected="" if 90 in failed else _moved_by(now, target),
        reasons=reasons_of(reader, customer_id, target),
    )


def _failed(reader: ReleaseReader, target: str) -> set[int]:
    """Return the horizons at which what was said of moves did not hold.

    Those who moved ranked below the others without doubt, or the chances were off by
    more than `MOST_OFF` on average.
    """
    failed = set()
    for row in reader.findings(
        "judged", subject="forecast", stratum="all", outcome=target
    ):
        figure, days = figure_of(row), int(str(row["horizon_days"]))
        is_off = (
            figure.key == "calibration_error"
            and figure.value is not None
            and figure.value > MOST_OFF
        )
        if is_off or (figure.key == "auc" and figure.misleads):
            failed.add(days)
    return failed


def reasons_of(
    reader: ReleaseReader, customer_id: str, target: str = "churn"
) -> Sequence[Reason]:
    """Return the reasons of a customer's chance, the strongest first."""
    rows = reader.findings("forecast_reasons", customer_id=customer_id, target=target)
    if not rows:
        return ()
    names = Names(reader.catalog)
    most = max(abs(float(str(row["points"]))) for row in rows)
    ordered = sorted(rows, key=lambda row: int(str(row["rank"])))
    return [_reason(row, names, most) for row in ordered]


def _reason(row: Row, names: Names, most: float) -> Reason:
    key, points = str(row["feature"]), float(str(row["points"]))
    return Reason(
        sentence=sentence_of(row, names),
        points=words.points(points),
        size=abs(points) / most if most else 0.0,
        is_up=points > 0,
        metric=key if names.is_metric(key) else "",
    )


def sentence_of(row: Row, names: Names) -> str:
    """Return a reason in words, without its points.

    ``Log-ins in 28 days: 4 (usual 31), 62 % less than 4 weeks ago``
    """
    key = str(row["feature"])
    unit = names.unit(key)
    facts = {
        "what": names.label(key),
        "value": _said(row, "value", key, names),
        "usual": _said(row, "usual", key, names),
    }
    change = "" if names.is_age(key) else _change(row, unit)
    if facts["usual"] == formatting.MISSING:
        said = _("%(what)s: %(value)s") % facts
    elif facts["value"] == formatting.MISSING:
        said = _("%(what)s: no value (usual %(usual)s)") % facts
    else:
        said = _("%(what)s: %(value)s (usual %(usual)s)") % facts
    if not change:
        return said
    return _("%(said)s, %(change)s") % {"said": said, "change": change}


def _said(row: Row, which: str, key: str, names: Names) -> str:
    text = row.get(f"{which}_text")
    if text:
        return names.value(key, str(text))
    return words.value(_number(row[which]), key, names.unit(key))


def _change(row: Row, unit: str) -> str:
    """Return how far a value moved within four weeks; nothing for little."""
    value, before = _number(row["value"]), _number(row["before"])
    if value is None or before is None:
        return ""
    if unit == "ratio":
        if abs(value - before) < WORTH_SAYING / 2:
            return ""
        return _("%(change)s in 4 weeks") % {
            "change": formatting.ratio_change(value - before)
        }
    if before <= 0 or abs(value / before - 1) < WORTH_SAYING:
        return ""
    share = formatting.ratio(abs(value / before - 1))
    if value < before:
        return _("%(share)s less than 4 weeks ago") % {"share": share}
    return _("%(share)s more than 4 weeks ago") % {"share": share}


def _chance(now: Row, target: str, days: int, label: str) -> Chance:
    value = _number(now[f"{target}_{days}"])
    low, high = (_number(now[f"{target}_{days}_{end}"]) for end in ("low", "high"))
    if now["basis"] == "notice":
        if target != "churn":
            return Chance(label, None, formatting.MISSING, "")
        return Chance(label, value, words.chance(value), "")
    return Chance(label, value, words.chance(value), words.interval(low, high))


def _renewal(reader: ReleaseReader, customer_id: str) -> Chance | None:
    found = reader.findings("forecast_renewals", customer_id=customer_id)
    if not found or found[0]["basis"] == "notice":
        return None
    row = found[0]
    value = _number(row["p_churn"])
    day = row["renews_on"]
    assert isinstance(day, dt.date)
    label = _("by the renewal on %(day)s") % {"day": formatting.day(day)}
    code = row["reason"]
    return Chance(
        label=label,
        value=value,
        text=words.chance(value),
        interval=words.interval(_number(row["low"]), _number(row["high"])),
        reason=words.reason(str(code)) if code and value is None else "",
    )


def _at_risk(now: Row) -> str:
    chance = _number(now["churn_90"])
    if chance is None or now["mrr"] is None:
        return formatting.MISSING
    return _of_mrr(now, chance)


def _moved_by(now: Row, target: str) -> str:
    size = _number(now.get(f"{target}_size"))  # releases made before have none
    chance = _number(now[f"{target}_90"])
    if chance is None or size is None or now["mrr"] is None:
        return ""
    return _of_mrr(now, chance * size)


def _of_mrr(now: Row, share: float) -> str:
    currency = str(now["currency"] or settings.BANSO_CURRENCY)
    expected = Decimal(str(now["mrr"])) * Decimal(str(share))
    if currency == _NO_CURRENCY:
        return formatting.quantity(expected)
    return formatting.money(expected, currency)


def _history(grid: Sequence[Mapping[str, object]]) -> Chart | None:
    points = [
        ChancePoint(
            as_of=row["as_of"],  # type: ignore[arg-type]
            chance=_number(row["churn_90"]),
            low=_number(row["churn_90_low"]),
            high=_number(row["churn_90_high"]),
        )
        for row in grid
        if row["basis"] != "notice"
    ]
    if not any(point.chance is not None for point in points):
        return None
    return chance_history(points, language=get_language() or "en")


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
