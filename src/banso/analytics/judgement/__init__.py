"""How well a score, a forecast or a naive rule told what would happen."""
