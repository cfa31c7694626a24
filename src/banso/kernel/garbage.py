"""How often Python looks for garbage that holds itself."""

import gc

# By default after 700 objects: 8 to 15 % of the time in which a process starts or runs
# goes into looking through modules and expressions, of which hardly anything is waste.
SELDOM = (50_000, 10, 4)


def look_seldom() -> None:
    """Let this process look for garbage less often than Python would."""
    gc.set_threshold(*SELDOM)
