"""The rows that count, and their customers as numbers."""

import numpy as np
import pytest

from banso.analytics.figures.samples import cluster_codes


@pytest.mark.parametrize(
    "clusters",
    [
        np.array([7, 3, 3, 9, 0, 7]),
        np.array([-7, 3, 3, 9, 0, -7]),
        np.array([7_000_000_000, 3, 3, 9, 0, 7_000_000_000]),
        np.array(["b", "a", "a", "c", "0", "b"]),
        np.array([2.5, 1.0, 1.0, 9.0, 0.0, 2.5]),
    ],
)
def test_customers_are_numbered_in_order_whatever_they_are(clusters):
    keep = np.array([True, True, True, False, True, True])

    codes, count = cluster_codes(clusters, keep)

    names, expected = np.unique(clusters[keep], return_inverse=True)
    assert codes.tolist() == expected.tolist()
    assert count == len(names)


def test_nobody_is_no_customer():
    codes, count = cluster_codes(np.zeros(3, np.int64), np.zeros(3, bool))

    assert len(codes) == count == 0
