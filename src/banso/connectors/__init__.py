"""Files of a business into rows that fit the canonical tables."""
