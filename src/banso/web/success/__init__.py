"""Success: the funnel from customers to successful customers, and what success is."""
