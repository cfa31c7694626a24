"""The customers: how each stands, in a list that answers at once."""
