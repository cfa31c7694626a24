"""Drivers: questions about churn, years of use, and what separates leavers."""
