"""Kills −9 of the collector, and of who takes in, under load from two senders."""

import pytest
from collect_kills import kill_often


@pytest.mark.long
def test_what_was_acknowledged_is_there_once_after_kills(tmp_path):
    outcome = kill_often(tmp_path / "company", kills=3, seed=7)

    assert outcome.is_right, outcome
    assert outcome.acknowledged > 100
    assert outcome.repeated > 0  # the kills did interrupt somebody
