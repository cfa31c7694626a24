"""What a proven play is worth, by hand."""

import pytest

from banso.analytics.trials.verdicts import proven_share


@pytest.mark.parametrize(
    ("effect", "held_out", "outcome", "share"),
    [
        (
            -0.06,
            0.30,
            "churn",
            0.2,
        ),  # 24 % leave instead of 30 %: a fifth is taken away
        (0.06, 0.30, "expansion", 0.2),  # 36 % expand instead of 30 %
        (-0.40, 0.30, "churn", 1.0),  # adjusted for luck of the draw: no more than all
        (0.02, 0.30, "churn", 0.0),
        (-0.02, 0.0, "churn", None),
    ],
)
def test_share_of_the_usual_rate(
    effect: float, held_out: float, outcome: str, share: float | None
) -> None:
    found = proven_share(effect, held_out, is_good=outcome == "expansion")

    assert found == (None if share is None else pytest.approx(share))
