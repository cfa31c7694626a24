"""Which customers of different sources may be the same company (名寄せ)."""
