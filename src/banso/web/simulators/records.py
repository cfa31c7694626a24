"""Simulations as plain values, for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from urllib.parse import parse_qsl

import numpy as np

from banso.analytics.simulators.pricing import KINDS, UNITS, Kind, Pricing, missing
from banso.web.simulators import plans
from banso.web.simulators.forms import Setting
from banso.web.simulators.pricing import Changes, Simulated, simulate_pricing
from banso.web.simulators.queries import Start, start_of
from banso.webkit.permissions import Staff

Record = Mapping[str, object]


def fish(query: str, currency: str) -> Record:
    """Return the way from licences to subscriptions under some assumptions."""
    start = start_of(currency)
    page = plans.fish_page(start, _asked(query))
    return {
        **_begun(start, page.settings),
        **asdict(page.found),
        "smaller": [
            {"change": key, "size": other.size, "ends": other.ends}
            for key, other in page.smaller
        ],
    }


def growth(query: str, currency: str) -> Record:
    """Return keeping beside winning under some assumptions."""
    start = start_of(currency)
    page = plans.growth_page(start, _asked(query))
    found = page.found
    return {
        **_begun(start, page.settings),
        "present": asdict(found.present),
        "keeping": asdict(found.keeping),
        "winning": asdict(found.winning),
        "kept": found.kept,
        "gained": found.gained,
        "points_worth": found.points_worth,
    }


def pricing(query: str, currency: str, *, visible_to: Staff) -> Record:
    """Return pricing models on the customers of today under some assumptions."""
    start = start_of(currency)
    found = simulate_pricing(start, _asked(query))
    chosen = found.found.get(found.kind)
    return {
        **_begun(start, found.settings),
        "chosen": found.extra,
        "customers": len(found.data.basis.pays),
        "models": [_model(kind, found) for kind in KINDS],
        "rising": _changes(chosen, found, visible_to, falls=False),
        "falling": _changes(chosen, found, visible_to, falls=True),
    }


def _asked(query: str) -> Mapping[str, str]:
    return dict(parse_qsl(query))


def _begun(start: Start, settings: Sequence[Setting]) -> Record:
    return {
        "currency": start.currency,
        "is_own": start.is_own,
        "month": start.month,
        "assumptions": {each.slider.name: each.value for each in settings},
    }


def _model(kind: Kind, simulated: Simulated) -> Record:
    found = simulated.found.get(kind)
    if found is None:
        lack = missing(kind, simulated.data.basis)
        return {"model": kind, "reason": lack}
    return {
        "model": kind,
        "reason": None,
        "before": found.before,
        "revenue": found.revenue,
        "margin": found.margin,
        "swing": found.swing,
        "spread": found.spread,
        "at_risk": int(found.rising(simulated.limit).sum()),
        "base": found.prices.base,
        "unit": found.prices.unit,
        "tiers": [{"seats": top, "price": price} for top, price in found.prices.tiers],
    }


def _changes(
    found: Pricing | None, simulated: Simulated, user: Staff, *, falls: bool
) -> list[Record]:
    known = simulated.data.known
    if found is None or known is None:
        return []
    return [
        {
            "customer_id": str(known.ids[place]),
            "name": known.names[place].as_py(),
            "pays": found.pays[place] / UNITS,
            "would_pay": found.would_pay[place] / UNITS,
            "chance": None if np.isnan(c := known.chance[place]) else float(c),
        }
        for place in Changes(simulated.data, user).places(found, falls=falls)
    ]
