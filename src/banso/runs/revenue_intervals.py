"""Shares in the tables of revenue with their intervals."""

import pyarrow as pa

from banso.analytics.figures.proportions import proportion


def with_interval(found: pa.Table, name: str, *, events: str, of: str) -> pa.Table:
    """Return a table with Wilson's interval of a share of customers or lines."""
    shares = [
        proportion(seen, whole)
        for seen, whole in zip(
            found[events].to_pylist(), found[of].to_pylist(), strict=True
        )
    ]
    for end in ("low", "high"):
        values = [getattr(share, end) for share in shares]
        found = found.append_column(f"{name}_{end}", pa.array(values, pa.float64()))
    return found
