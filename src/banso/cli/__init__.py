"""The command line: each command parses, makes one call downward, and prints."""
