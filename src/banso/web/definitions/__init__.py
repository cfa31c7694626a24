"""The metrics and the health model as a person reads them, with who changed what."""
