"""One running product for the files that need nothing special of it; a visitor's rows are their own."""

import pytest

from tests.end_to_end.browsing import Visitors, chromium
from tests.end_to_end.quota_race import LIMITS
from tests.end_to_end.services import site


@pytest.fixture(scope="module")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    quick = {"VOICECLONE_JOB_LEASE_SECONDS": "8", "VOICECLONE_REAPER_SECONDS": "2"}
    var = tmp_path_factory.mktemp("site") / "var"
    mail = {"VOICECLONE_EMAIL_URL": (var / "mail").as_uri()}
    with site(var, **quick, **mail, **LIMITS) as started:
        yield started


@pytest.fixture
def visitors(browser, running):
    """For files with a `browser` of their own."""
    all_of_them = Visitors(browser, running.address)
    yield all_of_them
    for context in all_of_them.contexts:
        context.close()
    assert [text for heard in all_of_them.complaints for text in heard] == []
