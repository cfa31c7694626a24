"""Success: who has come how far, and the funnel from customers to successful ones."""
