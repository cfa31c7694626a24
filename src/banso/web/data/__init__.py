"""What is connected, how fresh it is, and what was not taken in."""
