"""Every number, as an Ibis expression or a fit; nothing here executes a query."""
