"""Quotas hold when calls come at once, on the embedded default (SQLite)."""

import pytest

from tests.end_to_end.quota_race import RACES

pytestmark = pytest.mark.weights


@pytest.mark.parametrize("race", RACES)
def test_calls_at_once_never_pass_a_limit(running, race):
    race(running)
