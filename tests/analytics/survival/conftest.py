"""lifelines as the oracle, imported without its own warnings."""

import warnings

import pytest


@pytest.fixture(scope="session")
def lifelines():
    with warnings.catch_warnings():
        # lifelines 0.30 uses names that pandas 3 and SciPy are about to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        import lifelines.datasets  # noqa: PLC0415
        import lifelines.statistics  # noqa: PLC0415
        import lifelines.utils  # noqa: PLC0415
    return lifelines
