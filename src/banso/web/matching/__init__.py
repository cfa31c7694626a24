"""名寄せ: customers of different sources that are one company, as people decide."""
