"""The renewal desk: what falls due, what is expected to renew, and what came."""
