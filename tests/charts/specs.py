"""Looking into the specification of a chart."""


def values_in(spec: object) -> int:
    """Return how many rows a specification holds inline."""
    if isinstance(spec, list):
        return sum(values_in(part) for part in spec)
    if not isinstance(spec, dict):
        return 0
    values = spec.get("values")
    rows = values if isinstance(values, list) else []
    own = len(rows) if all(isinstance(row, dict) for row in rows) else 0
    return own + sum(values_in(part) for part in spec.values())
