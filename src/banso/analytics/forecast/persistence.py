"""A fitted forecast as bytes and back: arrays and JSON in one npz, no pickle."""

from banso.analytics.forecast.forecaster import Forecaster


def forecaster_from_bytes(content: bytes) -> Forecaster:
    """Return the forecaster that ``Forecaster.to_bytes`` wrote; equal predictions."""
    raise NotImplementedError
