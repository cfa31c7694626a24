"""The canonical tables: what a business gives to Banso, declared once."""
