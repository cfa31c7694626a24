"""The web site of one project: settings, addresses, error pages and the server."""
