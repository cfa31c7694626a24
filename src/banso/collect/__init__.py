"""Live events: the endpoint that takes them, and the log that keeps them."""
