"""English as this product writes it: day before month, 24 hours."""
