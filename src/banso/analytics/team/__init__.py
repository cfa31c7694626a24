"""How a team works with its customers: effort, initiative, waits, pitfalls."""
