"""The Health studio: how well the score told, and what other weights would do."""
