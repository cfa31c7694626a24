"""How strong something unseen would have to be to explain an estimate away."""

import math


def e_value(ratio: float) -> float:
    """Return the E-value of a risk ratio.

    Something that nobody recorded would have to go with the play, and with the
    outcome, by at least this ratio each (beyond what is adjusted for), to make a ratio
    of 1 look like `ratio`. 1: nothing is needed.

    Parameters
    ----------
    ratio
        Above 0: the outcome's risk with the play over that without.

    Notes
    -----
    Source: VanderWeele & Ding (2017), Ann Intern Med 167:268: their example of 3.9
    gives 7.26.

    """
    assert ratio > 0, "a ratio of risks"
    above = max(ratio, 1 / ratio)
    return above + math.sqrt(above * (above - 1))


def e_value_of_interval(low: float, high: float) -> float:
    """Return the E-value of the end of an interval that is nearest to 1.

    1 where the interval holds 1: nothing unseen is needed.
    """
    if low <= 1 <= high:
        return 1.0
    return e_value(low if low > 1 else high)
