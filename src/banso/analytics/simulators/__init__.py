"""What would happen under chosen assumptions: pure arithmetic, month by month."""
