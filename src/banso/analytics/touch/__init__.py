"""Which care each customer should get, from whom, and what that takes."""
