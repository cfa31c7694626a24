"""Measures of the team, and what is behind them."""
