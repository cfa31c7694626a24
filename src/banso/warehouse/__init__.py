"""The lake: facts, published definitions and releases, as Parquet parts on disk."""
