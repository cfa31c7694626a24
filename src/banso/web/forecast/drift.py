"""How far the forecast has drifted since its fit, and when it is fitted again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from banso.runs.reading import ReleaseReader, Row
from banso.web.forecast import words
from banso.web.forecast.naming import Names
from banso.webkit import formatting
from banso.webkit.features import Text

TABLE: Final = "forecast_drift"
MOST_NAMED: Final = 3
VERDICTS: Final[Mapping[str, Text]] = {
    "little": gettext_lazy("has not moved"),
    "as_before": gettext_lazy("as far as at the fit"),
    "some": gettext_lazy("has moved a little"),
    "much": gettext_lazy("has moved"),
    "as_expected": gettext_lazy("as was said"),
    "more": gettext_lazy("more than was said"),
    "fewer": gettext_lazy("fewer than was said"),
}
_TONES: Final = {
    "some": "watch",
    "much": "at_risk",
    "more": "at_risk",
    "fewer": "watch",
    "as_expected": "healthy",
    "little": "healthy",
    "as_before": "healthy",
}


@dataclass(frozen=True)
class Moved:
    """One feature: how far its values have moved."""

    label: str
    metric: str  # the key of its page; empty: it has none
    index: str
    index_before: str
    then: str
    now: str
    code: str  # of the verdict; empty without
    note: str  # the verdict, or why there is none

    @property
    def tone(self) -> str:
        """The badge of the verdict."""
        return _TONES.get(self.code, "unknown")


@dataclass(frozen=True)
class Held:
    """One fit and horizon: how many left, beside how many were expected to."""

    fitted_on: dt.date
    within: str
    expected: str
    observed: str
    times: str
    interval: str
    code: str
    note: str

    @property
    def tone(self) -> str:
        """The badge of the verdict."""
        return _TONES.get(self.code, "unknown")

    @property
    def sentence(self) -> str:
        """Say it: 12.3 expected to leave, 18 did, 1.5 times (1.1–1.9)."""
        return _(
            "Since this fit %(expected)s customers were expected to leave %(within)s,"
            " and %(observed)s did: %(times)s times (%(interval)s), %(verdict)s."
        ) % {
            "expected": self.expected,
            "within": self.within,
            "observed": self.observed,
            "times": self.times,
            "interval": self.interval,
            "verdict": self.note,
        }


@dataclass(frozen=True)
class Drift:
    """Everything that has moved since the fit in use."""

    features: Sequence[Moved]  # the farthest first
    held: Sequence[Held]  # the newest fit first
    inputs: str  # a sentence
    outcomes: Sequence[str]  # a sentence for each horizon that can be told of
    advice: str


@dataclass(frozen=True)
class Schedule:
    """When the forecast was fitted, by which rule, and when it will be."""

    refit: str  # monthly | quarterly
    fitted_on: dt.date
    next_from: dt.date
    next_fitted_on: dt.date

    @property
    def sentence(self) -> str:
        """Say the rule and both fits."""
        facts = {
            "fitted_on": formatting.day(self.fitted_on),
            "next_from": formatting.day(self.next_from),
            "next_fitted_on": formatting.day(self.next_fitted_on),
        }
        if self.refit == "monthly":
            return (
                _(
                    "Fitted anew each month. This fit knows what was known by"
                    " %(fitted_on)s; from %(next_from)s on the next one is used, which"
                    " knows what is known by %(next_fitted_on)s."
                )
                % facts
            )
        return (
            _(
                "Fitted anew each quarter. This fit knows what was known by"
                " %(fitted_on)s; from %(next_from)s on the next one is used, which"
                " knows what is known by %(next_fitted_on)s."
            )
            % facts
        )


def schedule_of(analyses: Mapping[str, object]) -> Schedule | None:
    """Return the schedule that the run noted; None from an older run."""
    noted = analyses.get("schedule")
    if not isinstance(noted, dict):
        return None
    days = {key: dt.date.fromisoformat(str(noted[key])) for key in _DAYS}
    return Schedule(refit=str(noted["refit"]), **days)


_DAYS: Final = ("fitted_on", "next_from", "next_fitted_on")


def drift_of(reader: ReleaseReader, schedule: Schedule | None) -> Drift | None:
    """Return what has moved since the fit in use; None without such a fit."""
    rows = sorted(reader.findings(TABLE), key=lambda row: int(str(row["place"])))
    if not rows or schedule is None:
        return None
    names = Names(reader.catalog)
    features = [_moved(row, names) for row in rows if row["kind"] == "feature"]
    held = [_held(row) for row in rows if row["kind"] == "calibration"]
    mine = [each for each in held if each.fitted_on == schedule.fitted_on]
    return Drift(
        features=features,
        held=held,
        inputs=_inputs(features),
        outcomes=_outcomes(mine),
        advice=_advice(features, mine, schedule),
    )


def _inputs(features: Sequence[Moved]) -> str:
    if not features:
        return ""
    if not features[0].code:
        return _("Whether the inputs have moved cannot be told: %(reason)s.") % {
            "reason": features[0].note
        }
    far = [each for each in features if each.code == "much"]
    if not far:
        return _(
            "The inputs have not moved: no feature is above 0.25 and farther than at"
            " the fit (farthest: %(feature)s, %(index)s)."
        ) % {"feature": features[0].label, "index": features[0].index}
    named = [
        _("%(feature)s (%(index)s)") % {"feature": each.label, "index": each.index}
        for each in far[:MOST_NAMED]
    ]
    return ngettext(
        "The inputs have moved: %(n)d feature is above 0.25: %(features)s.",
        "The inputs have moved: %(n)d features are above 0.25: %(features)s.",
        len(far),
    ) % {"n": len(far), "features": ", ".join(named)}


def _outcomes(held: Sequence[Held]) -> Sequence[str]:
    said = [each.sentence for each in held if each.code]
    if said or not held:
        return said
    return [
        _(
            "Whether what came agrees with what was said cannot be told yet for this"
            " fit: too few were expected to leave so far, or its dates are too new."
        )
    ]


def _advice(features: Sequence[Moved], held: Sequence[Held], schedule: Schedule) -> str:
    if any(each.code in ("more", "fewer") for each in held):
        if schedule.refit == "quarterly":
            return _(
                "An earlier refit is advised: set refit to monthly in"
                " definitions/forecast.yaml, and look for what has changed."
            )
        return _(
            "It is fitted each month already: look for what has changed, and read the"
            " chances with care until the next fit."
        )
    if any(each.code == "much" for each in features):
        return _(
            "The customers are not those of the fit any more, but nothing shows so far"
            " that the chances are wrong: an earlier refit is not needed yet."
        )
    return _("Nothing asks for an earlier refit.")


def _moved(row: Row, names: Names) -> Moved:
    key, code = str(row["feature"]), str(row["verdict"] or "")
    unit = names.unit(key)
    return Moved(
        label=names.label(key),
        metric=key if names.is_metric(key) else "",
        index=formatting.number(_number(row["psi"]), places=2),
        index_before=formatting.number(_number(row["psi_before"]), places=2),
        then=words.value(_number(row["then"]), key, unit),
        now=words.value(_number(row["now"]), key, unit),
        code=code,
        note=_verdict(row),
    )


def _held(row: Row) -> Held:
    low, high = _number(row["low"]), _number(row["high"])
    fitted_on = row["fitted_on"]
    assert isinstance(fitted_on, dt.date)
    return Held(
        fitted_on=fitted_on,
        within=words.within(int(str(row["horizon_days"]))),
        expected=formatting.number(_number(row["expected"]), places=1),
        observed=formatting.number(_number(row["observed"])),
        times=formatting.number(_number(row["ratio"]), places=1),
        interval=""
        if low is None
        else f"{formatting.number(low, places=1)}–{formatting.number(high, places=1)}",
        code=str(row["verdict"] or ""),
        note=_verdict(row),
    )


def _verdict(row: Row) -> str:
    code = str(row["verdict"] or "")
    if code:
        return str(VERDICTS[code])
    reason = str(row["reason"])
    if row["kind"] == "calibration":
        return str(_WHY_NOT.get(reason, reason))
    return words.reason(reason)


_WHY_NOT: Final[Mapping[str, Text]] = {
    "no_follow_up": gettext_lazy("no date was followed that long yet"),
    "too_few_events": gettext_lazy("fewer than five left or were expected to"),
}


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
