"""What a trial proves, as a word and as a sentence."""

from typing import Final, Literal

Verdict = Literal["proven", "harmful", "no_effect", "not_enough"]
RailVerdict = Literal["worse", "changed", "no_worse", "not_enough"]
VERDICTS: Final[tuple[Verdict, ...]] = (
    "proven",
    "harmful",
    "no_effect",
    "not_enough",
)


def verdict_of(
    low: float, high: float, *, is_good: bool, smallest: float | None
) -> Verdict:
    """Return what an interval of an effect proves.

    Parameters
    ----------
    low, high
        Of treated minus held out.
    is_good
        Whether more of the outcome is better.
    smallest
        The smallest effect that would matter, above 0; None when nobody said.

    Returns
    -------
    Verdict
        ``proven`` when the interval lies on the good side of 0, ``harmful`` when on the
        other, ``no_effect`` when it lies within ± `smallest`, else ``not_enough``.
        An interval on one side of 0 is proven even where the effect is small.

    """
    if low > 0 or high < 0:
        return "proven" if (low > 0) == is_good else "harmful"
    if smallest is not None and -smallest <= low and high <= smallest:
        return "no_effect"
    return "not_enough"


def proven_share(effect: float, held_out: float, *, is_good: bool) -> float | None:
    """Return by what share of the usual rate a proven play betters an outcome.

    Parameters
    ----------
    effect
        Treated minus held out, a difference of rates.
    held_out
        The rate where nothing was done.
    is_good
        Whether more of the outcome is better.

    Returns
    -------
    float or None
        In 0..1, as the worth of a signal takes it (docs/definitions/worth.md): the
        share of churn or contraction that is taken away, or by which expansion is
        raised. None where nothing happened at the held out: there is no share of 0.

    """
    if held_out <= 0:
        return None
    share = effect / held_out if is_good else -effect / held_out
    return min(1.0, max(0.0, share))


def rail_verdict(low: float, high: float, *, is_good: bool | None) -> RailVerdict:
    """Return whether something that must not get worse did.

    ``worse`` when the interval lies on the bad side of 0; otherwise ``no_worse``, which
    says that no harm is seen, and the interval says how much could hide in it. Where
    nobody said which side is bad (None), a difference is ``changed``.
    """
    if is_good is None:
        return "changed" if low > 0 or high < 0 else "no_worse"
    is_worse = high < 0 if is_good else low > 0
    return "worse" if is_worse else "no_worse"
