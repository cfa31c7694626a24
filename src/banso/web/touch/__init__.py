"""Touch models: what customers have, what is proposed, who has time for it."""
