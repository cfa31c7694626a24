"""The companies that a demonstration shows: a real one and a made-up one."""
