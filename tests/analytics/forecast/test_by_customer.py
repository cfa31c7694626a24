"""Rows block by block, and their sums by customer."""

import numpy as np
import pytest

from banso.analytics.forecast.by_customer import blocks


def test_blocks_never_divide_a_customer():
    customer = np.repeat(np.arange(9), 7_000)

    found = blocks(customer)

    assert found[0].begin == 0
    assert found[-1].end == len(customer)
    assert all(part.begin % 7_000 == 0 for part in found)
    assert blocks(customer[:0]) == []


def test_sums_are_those_of_each_customer():
    random = np.random.default_rng(0)
    customer = np.sort(random.integers(0, 4_000, 20_000))
    columns, factor = random.normal(size=(20_000, 3)), random.normal(size=20_000)

    found = np.vstack(
        [
            part.sums(columns[part.begin : part.end], factor[part.begin : part.end])
            for part in blocks(customer)
        ]
    )

    by_hand = [
        (columns[customer == number] * factor[customer == number, None]).sum(axis=0)
        for number in np.unique(customer)
    ]
    assert found == pytest.approx(np.array(by_hand))
