"""What a play achieves by its history, without a trial: an estimate, and its limits."""
