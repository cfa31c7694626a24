"""Forecasts: the chances of one customer, and the card of the model behind them."""
