"""What separates those who leave from those who stay, and questions about it."""
