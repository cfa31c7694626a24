"""Sources of live events: their write keys, limits, and what came from them."""
