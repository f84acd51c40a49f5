"""Whatever the OpenAPI schema allows, and what it does not: no call ends in a 5xx."""

from contextlib import suppress
from unittest import SkipTest

import pytest

from voiceclone.wsgi import application
from voices.models.api_key import all_scopes
from voices.services.accounts.api_keys import api_key_create, user_ensure

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis needs Python 3.11")
hypothesis = pytest.importorskip("hypothesis", reason="comes with schemathesis")
GenerationMode = schemathesis.GenerationMode

pytestmark = [
    pytest.mark.long,
    pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice"),
]
EXAMPLES = 6  # of each operation, the same in every run
HONEST = {503, 504}  # said when nothing is running or ready: honest, no fault


@pytest.fixture
def api_schema(transactional_db):
    return schemathesis.openapi.from_wsgi("/api/schema/", application)


@pytest.fixture
def headers(transactional_db):
    key = api_key_create(user=user_ensure(username="fuzz"), name="fuzz", scopes=all_scopes())
    return {"Authorization": f"Bearer {key.secret}"}


@pytest.fixture(autouse=True)
def _no_waiting(settings):
    settings.CALLS_PER_MINUTE = settings.UPLOADS_PER_MINUTE = {"visitor": 0, "account": 0}
    settings.WAIT_SECONDS = 1


def call_often(operation, mode, call):
    """Try an operation with generated arguments; one that has none to get wrong is passed over."""

    @hypothesis.seed(1)
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        call(case)

    with suppress(hypothesis.errors.Unsatisfiable, SkipTest):
        run()


def test_nothing_breaks_it(api_schema, headers):
    broken, called, statuses = {}, set(), set()

    def call(case):
        response = case.call(headers=headers)
        called.add(case.operation.label)
        statuses.add(response.status_code)
        if response.status_code >= 500 and response.status_code not in HONEST:
            told = f"{case.as_curl_command()}\n{response.text[:300]}"
            broken.setdefault((case.operation.label, response.status_code), told)

    for found in api_schema.get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            call_often(found.ok(), mode, call)
    assert not broken, "\n\n".join(broken.values())
    assert len(called) >= 30
    assert statuses >= {200, 400, 404}
