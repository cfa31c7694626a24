"""Who would pay more and who less under another price: how many customers by change."""

from itertools import pairwise
from typing import Final

import altair as alt
import numpy as np
from numpy.typing import NDArray

from banso.charts.chart import Chart, finished, inline
from banso.kernel.labels import Label

Floats = NDArray[np.float64]
EDGES: Final = (-0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 1.0)  # of the change, as shares
_CHANGE: Final = Label(ja="支払額の変化", en="Change of what is paid")
_CUSTOMERS: Final = Label(ja="顧客数", en="Customers")


def change_chart(changes: Floats, *, language: str) -> Chart:
    """Return how many customers would pay more or less, by the size of the change.

    Parameters
    ----------
    changes
        (n,) of each customer, as shares of what it pays: 0.1 is 10 % more.
    language
        ``ja`` or ``en``.

    """
    names = _names(language)
    places = np.searchsorted(EDGES, changes, side="right")
    counts = np.bincount(places, minlength=len(names)).tolist()
    values = [
        {"change": name, "customers": count}
        for name, count in zip(names, counts, strict=True)
    ]
    bars = (
        alt.Chart(inline(values))
        .mark_bar(style="series")
        .encode(
            x=alt.X(
                "change:N",
                title=_CHANGE.in_language(language),
                sort=names,
                axis=alt.Axis(labelAngle=-30, grid=False),
            ),
            y=alt.Y("customers:Q", title=None, axis=alt.Axis(tickMinStep=1)),
            tooltip=[
                alt.Tooltip("change:N", title=_CHANGE.in_language(language)),
                alt.Tooltip("customers:Q", title=_CUSTOMERS.in_language(language)),
            ],
        )
    )
    return Chart(
        key="price-changes",
        title=Label(
            ja="支払額が変わる顧客の分布", en="Who would pay more, and who less"
        ).in_language(language),
        sentence=_sentence(changes, language),
        columns=(_CHANGE.in_language(language), _CUSTOMERS.in_language(language)),
        rows=tuple(
            (name, f"{count:,}") for name, count in zip(names, counts, strict=True)
        )
        if len(changes)
        else (),
        spec=finished(alt.layer(bars), height=240),
    )


def _names(language: str) -> list[str]:
    first, last = f"{EDGES[0]:+.0%}", f"{EDGES[-1]:+.0%}"
    middle = [f"{low:+.0%} – {high:+.0%}" for low, high in pairwise(EDGES)]
    below = Label(ja=f"{first}未満", en=f"below {first}").in_language(language)
    above = Label(ja=f"{last}以上", en=f"{last} or more").in_language(language)
    return [each.replace("-", "−") for each in (below, *middle, above)]


def _sentence(changes: Floats, language: str) -> str:
    more = int((changes >= EDGES[3]).sum())
    less = int((changes < EDGES[2]).sum())
    same = len(changes) - more - less
    if language.startswith("ja"):
        return (
            f"{len(changes):,}社のうち、支払額が5%以上増える顧客は{more:,}社、5%を超えて"
            f"減る顧客は{less:,}社、ほぼ変わらない顧客は{same:,}社です。"
        )
    return (
        f"Of {len(changes):,} customers {more:,} would pay at least 5% more, {less:,}"
        f" more than 5% less, and {same:,} about the same."
    )
