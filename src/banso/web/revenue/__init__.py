"""Revenue: what moved, who stayed, and the contract lines behind each figure."""
