"""Work: what to do today, plays, tasks, and what came of them."""
