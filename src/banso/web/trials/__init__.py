"""Trials: does a play work, told by customers who were held out by lot."""
