"""Personal tokens: how a program acts for a person, and no further."""
