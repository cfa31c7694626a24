"""The last step of a run: forecasts, judgements, drivers, signals and others."""

from collections.abc import Mapping
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from banso.kernel.progress import Progress
from banso.runs.asking import Asking
from banso.runs.forecast_drift import ForecastDrift
from banso.runs.forecast_now import ForecastNow
from banso.runs.forecasting import FORECAST_GRID, FORECAST_MODELS, Forecasting
from banso.runs.judging import Judging
from banso.runs.panel_past import Past
from banso.runs.panels import Panels
from banso.runs.play_estimating import PlayEstimating
from banso.runs.play_history import PlayHistory
from banso.runs.recommending import Recommending
from banso.runs.rolling import Rolled
from banso.runs.signalling import HISTORY, Signalling
from banso.runs.trial_entrants import TrialEntrants
from banso.runs.trialing import RESULTS, Trialing
from banso.warehouse.manifest import JSON, Part


@dataclass(frozen=True)
class Company:
    """What analyses know of the company."""

    zone: str
    currency: str  # of money that names none


def analyzed(
    panels: Panels, rolled: Rolled, *, company: Company, seed: int, progress: Progress
) -> tuple[Mapping[str, tuple[Part, ...]], dict[str, JSON]]:
    """Return the files of all analyses, and what the release notes of them.

    Parameters
    ----------
    panels
        What the analyses read.
    rolled
        The roll-ups, whose digests say when a fit has to be repeated.
    company
        Its time zone and currency.
    seed
        Of whatever draws lots.
    progress
        Told as steps ``forecast``, ``chances``, ``drivers``, ``signals``,
        ``recommendations``.

    Returns
    -------
    Mapping, dict
        Nothing without contracts: then nobody is known to have left, and the note
        says so (``reason``: ``no_contracts``).

    """
    if not panels.kitchen.session.has("subscriptions"):
        return {}, {"reason": "no_contracts"}
    # One thread adds in one order: the same bytes on every machine, and no waiting for
    # each other where small matrices are many.
    with threadpool_limits(limits=1, user_api="blas"):
        return _analyzed(panels, rolled, company=company, seed=seed, progress=progress)


def _analyzed(
    panels: Panels, rolled: Rolled, *, company: Company, seed: int, progress: Progress
) -> tuple[Mapping[str, tuple[Part, ...]], dict[str, JSON]]:
    forecasting = Forecasting(panels, Past(panels, rolled), seed)
    judging = Judging(forecasting, seed)
    recommending = Recommending(forecasting, company.zone, seed)
    tables: dict[str, tuple[Part, ...]] = {
        FORECAST_MODELS: forecasting.model_parts(progress),
        FORECAST_GRID: forecasting.grid_parts(progress),
    }
    drift = ForecastDrift(forecasting)
    tables |= ForecastNow(forecasting).parts()
    tables |= drift.parts()
    tables |= judging.parts(progress)
    tables |= Asking(judging).parts()
    entrants = TrialEntrants(panels, tables[FORECAST_GRID])
    trials = Trialing(entrants, panels.as_of)
    tables |= trials.parts()
    progress("signals", 0, 1)
    signalling = Signalling(
        judging,
        tables[FORECAST_GRID],
        company.currency,
        trials.proven(tables.get(RESULTS, ())),
    )
    tables |= signalling.parts()
    opened = tables.get(HISTORY, ())
    past = PlayHistory(entrants, opened, judging.day, company.zone)
    tables |= PlayEstimating(judging, past).parts()
    progress("signals", 1, 1)
    tables |= recommending.parts(progress)
    return tables, {
        "known_by": judging.day.isoformat(),
        "profile": list(panels.profile),
        "barred": list(panels.barred),
        "unused": list(panels.unused),
        "window_days": judging.window_days,
        "schedule": drift.schedule(),
        "recommendations": recommending.note(),
        "signals": signalling.note(),
    }
