"""Work that is done in the background, and its page."""
