"""The chance to leave, to grow or to shrink, for every customer and as-of date."""
