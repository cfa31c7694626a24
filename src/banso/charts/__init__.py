"""Charts: pure functions from a few rows to a Vega-Lite specification."""
