"""What people at customers let us use their data for."""
