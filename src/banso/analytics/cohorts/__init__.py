"""Customers by the month in which they came, and what became of them by age."""
