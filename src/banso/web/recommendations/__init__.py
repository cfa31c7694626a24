"""What to suggest to whom next, and how often such suggestions were right."""
