"""Which differences are left when the others are taken into account."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from banso.analytics.drivers.comparison import distance
from banso.analytics.drivers.matched_hazard import (
    RiskSets,
    Slopes,
    covariance,
    fitted,
    risk_sets,
)
from banso.analytics.drivers.matching import Matched
from banso.analytics.figures.estimate import Estimate
from banso.analytics.figures.intervals import normal_quantile, two_sided_p

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

MOST_KEPT = 20
NO_P = (1.0, 0.0)
ALIKE = 0.9  # correlation within strata from which two features are taken as one
LEVEL = 0.05
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Adjusted:
    """A feature's difference with the others held equal."""

    effect: Estimate
    is_kept: bool


def adjusted(
    columns: Mapping[str, Floats],
    rows: Matched,
    *,
    findings: Sequence[str],
    always: Sequence[str],
    made_of: Mapping[str, str] = _NOTHING,
) -> dict[str, Adjusted]:
    """Return each feature's difference with the kept others held equal.

    Findings enter one by one, the strongest first, as long as the p-value of the next
    holds 5 % over all features that are not in yet (Holm); then those are taken out
    that the later ones made needless. A feature and those that are made of it are one
    question: one of them enters, and each other is judged in its place.

    Parameters
    ----------
    columns
        The scores of each feature on `rows`, 0 where it is not known.
    rows
        The sampled rows.
    findings
        Features that may be kept, strongest first.
    always
        Features that are held equal in any case.
    made_of
        The feature that another one is made of.

    Returns
    -------
    dict
        One entry for each feature; its effect has the reason ``goes_with_another`` when
        a stronger finding, or what is held equal, says the same.

    """
    stage = _Stage.of(columns, rows, made_of)
    if stage is None:
        unknown = Estimate.unknown("too_few_events", n=0)
        return {key: Adjusted(unknown, is_kept=False) for key in columns}
    forced = stage.apart([key for key in always if key in columns])
    kept = stage.left(forced, stage.entered(forced, findings))
    held = [*forced, *kept]
    model = stage.fit(held)
    result = {}
    for key in columns:
        others = stage.unlike(key, held)
        if stage.share_of_its_own(key, others, model) < 1 - ALIKE**2:
            effect = Estimate.unknown("goes_with_another", n=0)
        elif key in held:
            effect = stage.fitted_effect(key, held, model)
        elif len(others) < len(held):
            instead = [*others, key]
            effect = stage.fitted_effect(key, instead, stage.fit(instead))
        else:
            effect = stage.added_effect(key, held, model)
        is_kept = key in kept
        if key in findings and not is_kept and len(others) < len(held):
            place = 0 if key in forced else max(len(kept) - 1, 0)
            is_kept = effect.p_value is not None and effect.p_value <= stage.limit(
                place
            )
        result[key] = Adjusted(effect, is_kept)
    return result


@dataclass(frozen=True)
class _Stage:
    """All features as columns of one set of rows."""

    sets: RiskSets
    places: dict[str, Places]
    asks: dict[str, str]  # what a feature is made of, if that is there; else itself
    questions: float  # how many features there would be if none went with another

    @classmethod
    def of(
        cls, columns: Mapping[str, Floats], rows: Matched, made_of: Mapping[str, str]
    ) -> "_Stage | None":
        starts = np.cumsum([0, *(matrix.shape[1] for matrix in columns.values())])
        places = {
            key: np.arange(starts[i], starts[i + 1]) for i, key in enumerate(columns)
        }
        matrix = np.concatenate([np.zeros((len(rows), 0)), *columns.values()], axis=1)
        sets = risk_sets(matrix, rows.left, rows.stratum, rows.cluster)
        roots = {key: made_of.get(key, key) for key in columns}
        asks = {key: root if root in columns else key for key, root in roots.items()}
        if sets is None:
            return None
        asked = [key for key in columns if asks[key] == key]
        return cls(sets, places, asks, _questions(sets, [places[key] for key in asked]))

    def limit(self, entered: int) -> float:
        """Return how small a p-value must be when so many are in already (Holm)."""
        return LEVEL / max(self.questions - entered, 1.0)

    def unlike(self, key: str, held: Sequence[str]) -> list[str]:
        """Return those of the held that ask something else than a feature."""
        return [other for other in held if self.asks[other] != self.asks[key]]

    def fit(self, keys: Sequence[str]) -> Slopes:
        return fitted(self.sets, self._of(keys))

    def apart(self, keys: Sequence[str]) -> list[str]:
        """Return the keys that those before them do not repeat."""
        model, found = self.fit(()), list[str]()
        for key in keys:
            if self.share_of_its_own(key, found, model) >= 1 - ALIKE**2:
                found.append(key)
        return found

    def entered(self, forced: Sequence[str], findings: Sequence[str]) -> list[str]:
        """Return the findings that add something, one after the other."""
        kept: list[str] = []
        waiting = [key for key in findings if key not in forced]
        while waiting and len(kept) < MOST_KEPT:
            held = [*forced, *kept]
            model = self.fit(held)
            waiting = [
                key
                for key in waiting
                if len(self.unlike(key, held)) == len(held)
                and self.share_of_its_own(key, held, model) >= 1 - ALIKE**2
            ]
            tried = [(self._added(key, held, model)[2], key) for key in waiting]
            p, best = min(tried, key=lambda one: one[0], default=(NO_P, ""))
            if p[0] > self.limit(len(kept)):
                break
            kept.append(best)
            waiting.remove(best)
        return kept

    def left(self, forced: Sequence[str], kept: Sequence[str]) -> list[str]:
        """Return the findings that the others do not make needless."""
        kept = list(kept)
        while kept:
            held = [*forced, *kept]
            model = self.fit(held)
            p = [self.fitted_effect(key, held, model).p_value or 0.0 for key in kept]
            worst = int(np.argmax(p))
            if p[worst] <= self.limit(len(kept) - 1):
                break
            kept.pop(worst)
        return kept

    def share_of_its_own(self, key: str, held: Sequence[str], model: Slopes) -> float:
        """Return the share of a feature's information that the held do not have."""
        own, alone, _ = self._beyond(key, held, model)
        return float(np.trace(np.linalg.pinv(alone, hermitian=True) @ own)) / len(own)

    def fitted_effect(self, key: str, held: Sequence[str], model: Slopes) -> Estimate:
        """Return the difference of a feature that is in the model."""
        free = self._of(held)
        here = np.isin(free, self.places[key])
        robust = covariance(self.sets, model, free)[np.ix_(here, here)]
        return self._effect(key, model.slopes[self.places[key]], robust)

    def added_effect(self, key: str, held: Sequence[str], model: Slopes) -> Estimate:
        """Return the difference of a feature if it came into the model (one step)."""
        slopes, spread, _ = self._added(key, held, model)
        return self._effect(key, slopes, spread)

    def _added(
        self, key: str, held: Sequence[str], model: Slopes
    ) -> tuple[Floats, Floats, tuple[float, float]]:
        """Return slopes, covariance and the score test of a feature, to sort by."""
        own, _, gradient = self._beyond(key, held, model)
        spread = np.linalg.pinv(own, hermitian=True)
        slopes = np.asarray(spread @ gradient, dtype=np.float64)
        statistic = float(slopes @ gradient)
        p = _chi2_p(statistic, len(slopes))
        return slopes, np.asarray(spread), (p, -statistic / len(slopes))

    def _beyond(
        self, key: str, held: Sequence[str], model: Slopes
    ) -> tuple[Floats, Floats, Floats]:
        """Return a feature's information given the held, alone, and its gradient."""
        here, free = self.places[key], self._of(held)
        alone = model.information[np.ix_(here, here)]
        if not len(free):
            return alone, alone, model.gradient[here]
        cross = model.information[np.ix_(here, free)]
        inverse = np.linalg.pinv(model.information[np.ix_(free, free)], hermitian=True)
        return alone - cross @ inverse @ cross.T, alone, model.gradient[here]

    def _effect(self, key: str, slopes: Floats, spread: Floats) -> Estimate:
        if len(slopes) == 1:
            error = math.sqrt(max(float(spread[0, 0]), 0.0))
            value = -float(slopes[0])
            p = two_sided_p(value / error) if error else 1.0
            reach = normal_quantile() * error
            return Estimate(value, value - reach, value + reach, 0, p_value=p)
        information = np.linalg.pinv(spread, hermitian=True)
        columns = self.sets.columns[:, self.places[key]]
        weight = float(np.trace(information)) / float((columns**2).mean(axis=0).sum())
        return distance(float(slopes @ information @ slopes), len(slopes), weight)

    def _of(self, keys: Sequence[str]) -> Places:
        return np.concatenate([np.zeros(0, np.intp), *(self.places[k] for k in keys)])


def _questions(sets: RiskSets, places: Sequence[Places]) -> float:
    """Return how many independent features would ask as much (Galwey 2009).

    Fifty metrics of which ten are nearly the same do not make as many chance findings
    as fifty. From the eigenvalues of the correlations within strata; a category counts
    as one.
    """
    numbers = np.array([each[0] for each in places if len(each) == 1], np.intp)
    information = fitted(sets, np.zeros(0, np.intp)).information
    shared = information[np.ix_(numbers, numbers)]
    deviation = np.sqrt(np.maximum(np.diag(shared), 0.0))
    varies = deviation > 1e-9
    scale = np.outer(deviation[varies], deviation[varies])
    found = np.linalg.eigvalsh(shared[np.ix_(varies, varies)] / scale).clip(0.0)
    alike = float(np.sqrt(found).sum() ** 2 / found.sum()) if len(found) else 0.0
    return alike + len(places) - len(numbers)


def _chi2_p(statistic: float, degrees: int) -> float:
    from scipy.special import chdtrc  # noqa: PLC0415 -- only a run needs it

    return float(chdtrc(degrees, max(statistic, 0.0)))
