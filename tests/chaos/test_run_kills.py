"""Kills −9 of runs at random moments."""

import pytest
from run_kills import kill_often


@pytest.mark.long
def test_every_release_is_whole_and_that_of_an_undisturbed_run(tmp_path):
    outcome = kill_often(tmp_path, kills=3, seed=7)

    assert outcome.is_right, outcome
    assert outcome.kills - outcome.ended_first > 0  # some were met in the midst
