"""Exact revenue: change events of contract lines, movements, retention, renewals."""
