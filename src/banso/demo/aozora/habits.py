"""On which days a customer works with the product, and when its documents are done."""

import numpy as np

from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import Flags, Floats, Ints


def days_of_use(
    setting: Setting, rng: np.random.Generator, *, failed: Flags, weights: Floats,
    active: Flags,
) -> Flags:  # fmt: skip
    """Return on which days of a month each customer may use the product.

    Where the onboarding has succeeded, on every day under contract. Where it has
    failed, whoever has time works off the documents of the month in one go: the use
    never becomes a habit.

    Parameters
    ----------
    setting
        Holds how many days a month remain after a failure.
    rng
        Draws the days.
    failed
        By customer, whether its onboarding failed.
    weights
        By day, how busy it is: sessions fall on days of work.
    active
        Customers × days under contract.

    """
    luck = rng.random(active.shape) ** (1 / np.maximum(weights, 1e-3))[None, :]
    place = np.argsort(np.argsort(-luck * active, axis=1), axis=1)
    more = setting.planted.days_of_use_a_month_after_failure - 1
    sessions = 1 + rng.poisson(more, len(failed))
    return active & (~failed[:, None] | (place < sessions[:, None]))


def worked_off(due: Ints, *, week: Ints, open_days: Flags) -> Ints:
    """Return the documents of each week, done in the weeks with days of use.

    Parameters
    ----------
    due
        Customers × weeks of a month: the documents that fall due.
    week
        By day of the month, the column of its week in `due`.
    open_days
        Customers × days of use.

    """
    sessions = np.stack(
        [open_days[:, week == column].sum(axis=1) for column in range(due.shape[1])],
        axis=1,
    )
    share = np.cumsum(sessions, axis=1) / np.maximum(sessions.sum(axis=1), 1)[:, None]
    until = np.floor(due.sum(axis=1)[:, None] * share + 1e-9).astype(np.int64)
    done: Ints = np.diff(until, axis=1, prepend=0)
    return done
