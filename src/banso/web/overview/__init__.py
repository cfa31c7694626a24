"""The overview: all customers that a user sees, on one page."""
