"""The words that every layer shares: refusals, findings, labels, days and digests."""
