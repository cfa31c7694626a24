"""The boosted hazard: scikit-learn's histogram trees, taken out as plain arrays."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from banso.analytics.forecast.additive import Known, Training
from banso.analytics.forecast.intervals import EDGES, INTERVALS
from banso.analytics.forecast.preparation import (
    DAYS_TO_RENEWAL,
    CategoryColumn,
    Column,
)
from banso.analytics.forecast.trees import LEAF, NO_TREES, Trees

Floats = NDArray[np.float64]
MOST_TREES = 300
PATIENCE = 15  # trees without gain on other customers, then it stops
LEARNING_RATE = 0.07
LEAVES = 16
ROWS_PER_LEAF = 100
HELD_OUT = 5  # one customer in five says when to stop
# Rows without an end, for each with one: more cost much and add next to nothing.
OTHERS_PER_END = 10
FEWEST_OTHERS = 20_000


@dataclass(frozen=True)
class Boosted:
    """Fitted trees on ``[categories | numbers | tenure, interval, rhythm, month]``."""

    trees: Trees
    order: NDArray[np.intp]  # prepared columns in the order of the trees
    renewal_at: int  # the prepared column of days_to_renewal; -1 without
    has_calendar: bool

    def log_odds(self, known: Known, intervals: int) -> Floats:
        """Return the log-odds of the hazard of each interval, (n, k)."""
        versions = [self._of_interval(known, number) for number in range(intervals)]
        return self.trees.predict_each(self._steady(known), versions)

    def columns(self, known: Known, number: int) -> Floats:
        """Return what the trees read of rows in one interval."""
        return np.hstack([self._steady(known), self._of_interval(known, number)])

    def _steady(self, known: Known) -> Floats:
        return np.column_stack([known.values[:, self.order], known.tenure_days])

    def _of_interval(self, known: Known, number: int) -> Floats:
        """Return the columns that depend on the interval."""
        tenure = known.tenure_days.astype(float)
        start = EDGES[number]
        parts = [
            np.full(len(tenure), float(number)),
            365 - (tenure + start) % 365,
        ]
        if self.renewal_at >= 0:
            parts.append(known.values[:, self.renewal_at] - start)
        if self.has_calendar:
            middle = known.as_of.astype(np.int64) + (start + EDGES[number + 1]) // 2
            month = middle.astype("datetime64[D]").astype("datetime64[M]").astype(int)
            parts.append((month % 12).astype(float))
        return np.column_stack(parts)

    def of_each(self, known: Known, usual: Known, intervals: int) -> Floats:
        """Return each feature's part of the difference from usual, (n, k, f)."""
        out = np.zeros((len(known.values), intervals, known.values.shape[1]))
        count = len(self.order)
        changing = self.trees.reads_columns_from(count + 1)
        steady, others = self.trees.only(~changing), self.trees.only(changing)
        of_all = steady.contributions(self.columns(known, 0), self.columns(usual, 0))
        for number in range(intervals):
            ours = self.columns(known, number)
            parts = of_all + others.contributions(ours, self.columns(usual, number))
            out[:, number, self.order] = parts[:, :count]
            if self.renewal_at >= 0:
                out[:, number, self.renewal_at] += parts[:, count + 3]
        return out


def fit_boosted(
    training: Training,
    columns: tuple[Column, ...],
    *,
    has_calendar: bool,
    seed: int,
) -> Boosted:
    """Return boosted trees of leaving by choice, stopped by customers held out.

    Missing numbers and categories are handled by the trees. The number of trees is
    where the log loss of one customer in five, not trained on, was least. Where ends
    are rare, rows without one are thinned, and those kept carry their weight.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415

    is_category = np.array([isinstance(column, CategoryColumn) for column in columns])
    order = np.r_[np.flatnonzero(is_category), np.flatnonzero(~is_category)]
    keys = [column.key for column in columns]
    renewal_at = keys.index(DAYS_TO_RENEWAL) if DAYS_TO_RENEWAL in keys else -1
    shell = Boosted(NO_TREES, order.astype(np.intp), renewal_at, has_calendar)
    training = _with_fewer_others(training, seed)
    values = _rows(shell, training)
    categories = np.arange(values.shape[1]) < is_category.sum()
    customer = training.customer[training.rows.row]
    held_out = _held_out(customer, seed)
    outcome, weight = training.rows.churned, training.weight / training.weight.mean()
    machine = HistGradientBoostingClassifier(
        learning_rate=LEARNING_RATE,
        max_iter=MOST_TREES,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=ROWS_PER_LEAF,
        l2_regularization=1.0,
        categorical_features=categories,
        early_stopping=True,
        n_iter_no_change=PATIENCE,
        random_state=seed,
    )
    # a column without any value cannot be binned; no tree splits on a constant
    values[:, np.isnan(values[~held_out]).all(axis=0)] = 0.0
    machine.fit(
        values[~held_out],
        outcome[~held_out],
        weight[~held_out],
        X_val=values[held_out],
        y_val=outcome[held_out],
        sample_weight_val=weight[held_out],
    )
    best = int(np.argmax(machine.validation_score_))
    trees = trees_of(machine, categories=int(is_category.sum()), count=best)
    return Boosted(trees, shell.order, renewal_at, has_calendar)


def _with_fewer_others(training: Training, seed: int) -> Training:
    ended = training.rows.churned
    others = len(ended) - int(ended.sum())
    enough = max(FEWEST_OTHERS, OTHERS_PER_END * int(ended.sum()))
    if others <= enough:
        return training
    share = np.where(ended, 1.0, enough / others)
    kept = np.random.default_rng(seed + 3).random(len(share)) < share
    fewer = training.where(kept)
    return replace(fewer, weight=fewer.weight / share[kept])


def _rows(shell: Boosted, training: Training) -> Floats:
    parts: Floats | None = None
    for number in range(INTERVALS):
        here = np.flatnonzero(training.rows.interval == number)
        known = training.known.rows(training.rows.row[here])
        values = shell.columns(known, number)
        if parts is None:
            parts = np.empty((len(training.rows), values.shape[1]))
        parts[here] = values
    assert parts is not None
    return parts


def _held_out(customer: NDArray[np.int64], seed: int) -> NDArray[np.bool_]:
    names, place = np.unique(customer, return_inverse=True)
    random = np.random.default_rng(seed + 1)
    held_out: NDArray[np.bool_] = random.permutation(len(names)) % HELD_OUT == 0
    return held_out[place]


def trees_of(machine: object, *, categories: int, count: int) -> Trees:
    """Return the first `count` trees of a fitted scikit-learn classifier.

    The categories must be its first columns. Its nodes are no public interface; what
    this takes from them is compared with its own predictions in
    tests/analytics/forecast/test_trees.py, so that a release that changes them shows.
    """
    predictors = [stage[0] for stage in machine._predictors[:count]]  # type: ignore[attr-defined]  # noqa: SLF001
    nodes = np.concatenate([predictor.nodes for predictor in predictors] or [_none()])
    sizes = [len(predictor.nodes) for predictor in predictors]
    goes_left = np.zeros((len(nodes), 256), bool)
    codes = _codes(machine, categories)
    begin = 0
    for predictor, size in zip(predictors, sizes, strict=True):
        split = predictor.nodes["is_categorical"].astype(bool)
        for at in np.flatnonzero(split):
            words = predictor.raw_left_cat_bitsets[predictor.nodes["bitset_idx"][at]]
            bits = np.unpackbits(words.view(np.uint8), bitorder="little").astype(bool)
            known = codes[int(predictor.nodes["feature_idx"][at])]
            goes_left[begin + at, known.astype(np.intp)] = bits[: len(known)]
        begin += size
    is_leaf = nodes["is_leaf"].astype(bool)
    return Trees(
        start=np.r_[0, np.cumsum(sizes)].astype(np.int32),
        column=np.where(is_leaf, LEAF, nodes["feature_idx"]).astype(np.int32),
        threshold=nodes["num_threshold"].astype(float),
        missing_left=nodes["missing_go_to_left"].astype(bool),
        is_category=nodes["is_categorical"].astype(bool) & ~is_leaf,
        goes_left=goes_left,
        left=nodes["left"].astype(np.int32),
        right=nodes["right"].astype(np.int32),
        value=nodes["value"].astype(float),
        base=float(np.ravel(machine._baseline_prediction)[0]),  # type: ignore[attr-defined]  # noqa: SLF001
    )


def _codes(machine: object, categories: int) -> list[Floats]:
    """Return for each category the codes that the trees count from 0."""
    if categories == 0:
        return []
    encoder = machine._preprocessor.named_transformers_["encoder"]  # type: ignore[attr-defined]  # noqa: SLF001
    return [known[np.isfinite(known)] for known in encoder.categories_]


def _none() -> NDArray[np.void]:
    from sklearn.ensemble._hist_gradient_boosting.common import (  # noqa: PLC0415
        PREDICTOR_RECORD_DTYPE,
    )

    return np.zeros(0, PREDICTOR_RECORD_DTYPE)
