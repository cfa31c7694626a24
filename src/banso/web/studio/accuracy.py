"""How well the score and its parts told what would happen, beside naive rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language

from banso.charts.chart import Chart
from banso.charts.health import HealthShape
from banso.charts.score_bins import ScoreBin, churn_by_score
from banso.definitions.health import HealthModel
from banso.runs.reading import ReleaseReader, Row
from banso.web.forecast import queries as forecast
from banso.web.forecast.queries import Figure, figure_of

ALL: Final = "all"
CHURN: Final = "churn"
EXPANSION: Final = "expansion"
HEALTH: Final = ("score", "dimension", "element")
CAUGHT: Final = (90, 180)  # days before
RULES: Final = ("rule.logistic", "rule.last_rate", "rule.recency")


@dataclass(frozen=True)
class Line:
    """A score, a part of one, a forecast or a rule, with its figures."""

    key: str
    label: str
    kind: str
    churn: Mapping[str, Figure]  # by figure; caught_90 and caught_180 too
    expansion: Mapping[str, Figure]

    @property
    def tells(self) -> str:
        """What it tells: both | leaving | growth | neither."""
        leaving = "auc" in self.churn and self.churn["auc"].tells
        growth = "auc" in self.expansion and self.expansion["auc"].tells
        if leaving and growth:
            return "both"
        if leaving or growth:
            return "leaving" if leaving else "growth"
        return "neither"

    @property
    def figures(self) -> Sequence[Figure | None]:
        """The figures of leaving, in the order of the table."""
        order = ("auc", "lift_10", "caught_90", "caught_180")
        return [self.churn.get(key) for key in order]

    @property
    def all_figures(self) -> Sequence[Figure | None]:
        """Those of a part of health: what its own greens did as well."""
        return [*self.figures, self.churn.get("greens_left")]

    @property
    def growth(self) -> Figure | None:
        """The AUC of expansion."""
        return self.expansion.get("auc")


@dataclass(frozen=True)
class StratumLine:
    """The score within a part of the customers."""

    key: str
    label: str
    figures: Sequence[Figure | None]  # auc, lift_10, greens_left, base_rate


@dataclass(frozen=True)
class Accuracy:
    """Everything on the page of accuracy."""

    days: int
    stratum: str
    horizons: Sequence[int]
    strata: Sequence[tuple[str, str]]  # key, label
    score: Line | None
    yardsticks: Sequence[Line]  # the score, the forecast, naive rules
    dimensions: Sequence[tuple[Line, Sequence[Line]]]  # with their elements
    by_stratum: Sequence[StratumLine]
    part: str  # what the chart is of: score, or the key of a part of it
    parts: Sequence[tuple[str, str]]  # what it may be of: key, label
    chart: Chart | None

    @property
    def only_leaving(self) -> Sequence[Line]:
        """The elements that tell of leaving and not of growth."""
        return [line for line in self._elements if line.tells == "leaving"]

    @property
    def only_growth(self) -> Sequence[Line]:
        """The elements that tell of growth and not of leaving."""
        return [line for line in self._elements if line.tells == "growth"]

    @property
    def _elements(self) -> Sequence[Line]:
        return [line for _dimension, lines in self.dimensions for line in lines]


def accuracy_of(
    reader: ReleaseReader, *, days: int, stratum: str, part: str
) -> Accuracy | None:
    """Return how well everything told; None when the release does not judge.

    A horizon, stratum or part that the release does not have is as if not asked for.
    """
    heads = reader.findings("judged", subject="score", figure="auc", outcome=CHURN)
    if not heads:
        return None
    horizons = sorted({int(str(row["horizon_days"])) for row in heads})
    days = days if days in horizons else horizons[0]
    known = list(dict.fromkeys(str(row["stratum"]) for row in _placed(heads)))
    stratum = stratum if stratum in known else ALL
    lines = _lines(reader, days, stratum)
    bins = _bins(reader, days) if stratum == ALL else {}
    part = part if part in bins else "score"
    return Accuracy(
        days=days,
        stratum=stratum,
        horizons=horizons,
        strata=[
            (key, forecast.stratum_text(key, reader.catalog.names)) for key in known
        ],
        score=lines.get("score"),
        yardsticks=[
            lines[key] for key in ("score", "forecast", *RULES) if key in lines
        ],
        dimensions=_dimensions(lines),
        by_stratum=_by_stratum(reader, days, known),
        part=part,
        parts=[(key, line.label) for key, line in lines.items() if key in bins],
        chart=_chart(reader, days, bins.get(part, ()), lines.get(part)),
    )


def score_figure(reader: ReleaseReader) -> Figure | None:
    """Return the AUC of the score over all customers, within 90 days or the first."""
    rows = reader.findings(
        "judged", subject="score", figure="auc", outcome=CHURN, stratum=ALL
    )
    if not rows:
        return None
    by_days = {int(str(row["horizon_days"])): row for row in rows}
    return figure_of(by_days.get(90) or by_days[min(by_days)])


def _lines(reader: ReleaseReader, days: int, stratum: str) -> dict[str, Line]:
    rows = list(reader.findings("judged", stratum=stratum, horizon_days=days))
    caught = reader.findings("judged", stratum=stratum, figure="caught")
    found: dict[str, tuple[str, dict[str, Figure], dict[str, Figure]]] = {}
    for row in _placed(rows):
        kind, churn, expansion = found.setdefault(
            str(row["subject"]), (str(row["kind"]), {}, {})
        )
        if row["outcome"] == CHURN:
            churn[str(row["figure"])] = figure_of(row)
        elif kind in HEALTH:  # what the forecast says of moves has its own page
            expansion[str(row["figure"])] = figure_of(row)
    for row in caught:
        subject, before = str(row["subject"]), int(str(row["horizon_days"]))
        if row["outcome"] == CHURN and subject in found and before in CAUGHT:
            found[subject][1][f"caught_{before}"] = figure_of(row)
    names = forecast.Names(reader.catalog)
    return {
        key: Line(
            key,
            str(forecast.SUBJECTS.get(key) or names.label(key)),
            kind,
            churn,
            expansion,
        )
        for key, (kind, churn, expansion) in found.items()
    }


def _dimensions(lines: Mapping[str, Line]) -> list[tuple[Line, Sequence[Line]]]:
    return [
        (line, [e for e in lines.values() if e.key.startswith(f"{line.key}.")])
        for line in lines.values()
        if line.kind == "dimension"
    ]


def _by_stratum(
    reader: ReleaseReader, days: int, known: Sequence[str]
) -> list[StratumLine]:
    rows = reader.findings("judged", subject="score", outcome=CHURN, horizon_days=days)
    found = {(str(row["stratum"]), str(row["figure"])): figure_of(row) for row in rows}
    order = ("auc", "lift_10", "greens_left", "base_rate")
    return [
        StratumLine(
            key,
            forecast.stratum_text(key, reader.catalog.names),
            [found.get((key, figure)) for figure in order],
        )
        for key in known
    ]


def _bins(reader: ReleaseReader, days: int) -> dict[str, list[ScoreBin]]:
    """Return the bins of the score and of its parts, ascending."""
    found: dict[str, list[ScoreBin]] = {}
    rows = reader.findings("calibration", horizon_days=days)
    for row in sorted(rows, key=lambda row: int(str(row["bin"]))):
        if row["predicted"] is not None or row["subject"] == "forecast":
            continue
        bin_ = ScoreBin(
            start=10 * int(str(row["bin"])),
            n=int(str(row["n"])),
            **{
                name: None if row[name] is None else float(str(row[name]))
                for name in ("observed", "low", "high")
            },
        )
        found.setdefault(str(row["subject"]), []).append(bin_)
    return found


def _chart(
    reader: ReleaseReader, days: int, bins: Sequence[ScoreBin], line: Line | None
) -> Chart | None:
    models: Sequence[HealthModel] = reader.catalog.health
    if not bins or not models:
        return None
    bands = models[0].bands
    return churn_by_score(
        bins,
        HealthShape(healthy=bands.healthy, watch=bands.watch),
        days=days,
        language=get_language() or "en",
        part=line.label if line and line.key != "score" else "",
    )


def _placed(rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows in the order in which they were written."""
    return sorted(rows, key=lambda row: int(str(row.get("place", 0))))
