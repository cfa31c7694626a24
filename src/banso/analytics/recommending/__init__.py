"""What customers like this one take up next, and then stay with."""
