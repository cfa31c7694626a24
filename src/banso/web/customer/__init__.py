"""One customer on one page: how it stands, why it moved, what happened."""
