"""How the tables of trials changed."""
