"""Weights that the run proposes beside those in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from banso.analytics.weights.comparing import JudgedWeights, is_better
from banso.analytics.weights.weighting import weighting_of
from banso.definitions.catalog import Catalog
from banso.definitions.health import HealthModel
from banso.runs.reading import ReleaseReader, Row
from banso.web.forecast import queries as forecast
from banso.web.forecast.queries import Figure, figure_of
from banso.webkit import formatting


@dataclass(frozen=True)
class ElementLine:
    """One element with its weights."""

    key: str  # dimension.element
    label: str
    present: float  # of the definitions in force
    present_text: str
    proposed: float | None
    proposed_text: str
    interval: str
    chosen: str  # share of the resamples that chose it
    reason: str


@dataclass(frozen=True)
class DimensionLine:
    """A dimension with its elements."""

    label: str
    present_text: str
    proposed_text: str
    elements: Sequence[ElementLine]


@dataclass(frozen=True)
class Compared:
    """A figure of the present weights beside that of others."""

    label: str
    present: Figure
    other: Figure
    difference: Figure | None


@dataclass(frozen=True)
class ModelWeights:
    """One health model with its weights, present and proposed."""

    key: str
    label: str
    dimensions: Sequence[DimensionLine]
    compared: Sequence[Compared]
    is_proposed: bool
    is_better: bool
    reason: str  # why nothing is proposed
    horizon_days: int

    @property
    def elements(self) -> Sequence[ElementLine]:
        """All elements, in the order of definition."""
        return [line for dimension in self.dimensions for line in dimension.elements]


def model_weights(
    reader: ReleaseReader | None, catalog: Catalog
) -> Sequence[ModelWeights]:
    """Return the weights of every model in force, with what the last run proposes."""
    rows = _placed(reader, "weights")
    judged = list(map(_judged, _placed(reader, "weights_judged")))
    return [
        _model(
            model,
            [row for row in rows if row["model"] == model.key],
            [row for row in judged if row.model == model.key],
        )
        for model in catalog.health
    ]


def proposed_shares(reader: ReleaseReader, model_key: str) -> dict[str, float]:
    """Return the proposed part of the score of each element; empty without any."""
    rows = reader.findings("weights", model=model_key)
    return _shares(rows)


def _shares(rows: Sequence[Row]) -> dict[str, float]:
    found = {
        f"{row['dimension']}.{row['element']}": float(str(row["proposed"] or 0.0))
        for row in rows
    }
    return found if sum(found.values()) > 0 else {}


def _placed(reader: ReleaseReader | None, table: str) -> Sequence[Row]:
    """Return the rows of a result in the order in which they were written."""
    rows = reader.findings(table) if reader else []
    return sorted(rows, key=lambda row: int(str(row.get("place", 0))))


def compared_figures(rows: Sequence[JudgedWeights]) -> Sequence[Compared]:
    """Return each figure of both sets of weights side by side."""
    found = {
        (row.draft, row.figure): figure_of(
            {
                "figure": row.figure, "value": row.value, "low": row.low,
                "high": row.high, "n": row.n, "events": row.events,
                "reason": row.reason,
            }
        )
        for row in rows
    }  # fmt: skip
    others = {draft for draft, _figure in found} - {"present", "difference"}
    return [
        Compared(
            label=figure,
            present=value,
            other=found[other, figure],
            difference=found.get(("difference", figure)),
        )
        for (draft, figure), value in found.items()
        for other in others
        if draft == "present" and (other, figure) in found
    ]


def _model(
    model: HealthModel, rows: Sequence[Row], compared: Sequence[JudgedWeights]
) -> ModelWeights:
    by_key = {f"{row['dimension']}.{row['element']}": row for row in rows}
    weighting = weighting_of(model)
    shares = dict(zip(weighting.keys, weighting.shares.tolist(), strict=True))
    lines = [
        _dimension(model, place, shares, by_key)
        for place in range(len(model.dimensions))
    ]
    is_proposed = bool(_shares(rows))
    reasons = {str(row["reason"]) for row in rows if row["reason"]}
    return ModelWeights(
        key=model.key,
        label=forecast.said(model.label.label),
        dimensions=lines,
        compared=compared_figures(compared),
        is_proposed=is_proposed,
        is_better=bool(compared) and is_better(tuple(compared)),
        reason=forecast.reason_text(min(reasons))
        if reasons and not is_proposed
        else "",
        horizon_days=compared[0].horizon_days if compared else 90,
    )


def _dimension(
    model: HealthModel,
    place: int,
    shares: Mapping[str, float],
    rows: Mapping[str, Row],
) -> DimensionLine:
    dimension = model.dimensions[place]
    lines = []
    for element in dimension.elements:
        key = f"{dimension.key}.{element.key}"
        lines.append(
            _element(
                key, forecast.said(element.label.label), shares[key], rows.get(key)
            )
        )
    proposed = [line.proposed for line in lines if line.proposed is not None]
    return DimensionLine(
        label=forecast.said(dimension.label.label),
        present_text=formatting.ratio(sum(line.present for line in lines)),
        proposed_text=formatting.ratio(sum(proposed) if proposed else None),
        elements=lines,
    )


def _element(key: str, label: str, present: float, row: Row | None) -> ElementLine:
    proposed = None if row is None else _number(row["proposed"])
    ends = [None if row is None else _number(row[name]) for name in ("low", "high")]
    return ElementLine(
        key=key,
        label=label,
        present=present,
        present_text=formatting.ratio(present, places=1),
        proposed=proposed,
        proposed_text=formatting.ratio(proposed, places=1),
        interval=""
        if None in ends
        else "–".join(formatting.ratio(end, places=0) for end in ends),
        chosen=formatting.ratio(_number(row["chosen_share"]) if row else None),
        reason=forecast.reason_text(str(row["reason"] or "")) if row else "",
    )


def _judged(row: Row) -> JudgedWeights:
    return JudgedWeights(
        model=str(row["model"]),
        draft=str(row["draft"]),
        horizon_days=int(str(row["horizon_days"])),
        figure=str(row["figure"]),
        value=_number(row["value"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        n=int(str(row["n"])),
        events=int(str(row["events"])),
        reason=None if row["reason"] is None else str(row["reason"]),
    )


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
