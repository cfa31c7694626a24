"""What a customer is worth over its lifetime: models, intervals, unit economics."""
