"""A ticket to speak in another voice, by the client."""

import asyncio

import pytest

from tests.voices.stored import voice_create
from voiceclone_client import (
    AsyncVoiceClone,
    InvalidRequestError,
    LiveTicket,
    RateLimitError,
    VoiceClone,
)
from voices.services.conversion import live


@pytest.fixture
def spoken(running, settings):
    voice_create(
        is_bank=True, slug="anna", status="ready", name="Anna",
        profile={"embedding": [1.0] + [0.0] * 255},
    )  # fmt: skip
    settings.LIVE_URL, settings.LIVE_SESSIONS = "wss://voice.example/live/", 2
    return running


def test_a_ticket_is_what_the_first_message_needs(spoken):
    address, key = spoken
    with VoiceClone(address, api_key=key) as service:
        with pytest.raises(InvalidRequestError) as refused:
            service.live_ticket("anna")
        assert refused.value.code == "rights_required"
        ticket = service.live_ticket("anna", rights=True, transpose=3)
    assert isinstance(ticket, LiveTicket)
    assert ticket.address == "wss://voice.example/live/"
    begun = ticket.begin(48_000)
    assert begun == {"type": "begin", "ticket": ticket.ticket, "rate_hz": 48_000, "language": "en"}


def test_talks_that_there_were(spoken):
    address, key = spoken
    with VoiceClone(address, api_key=key) as service:
        ticket = service.live_ticket("anna", rights=True)
        live.live_end(session=live.live_begin(ticket=ticket.ticket), seconds=7)
        (talk,) = service.talks()
        assert (talk.id, talk.voice["slug"], talk.seconds) == (ticket.id, "anna", 7)
        service.talk_delete(talk.id)

    async def listed():
        async with AsyncVoiceClone(address, api_key=key) as service:
            return [talk async for talk in service.talks()]

    assert asyncio.run(listed()) == []


def test_that_all_places_are_taken_is_an_error_of_its_own(spoken):
    address, key = spoken

    async def ask():
        async with AsyncVoiceClone(address, api_key=key, retries=0) as service:
            for _ in range(2):
                await service.live_ticket("anna", rights=True)
            await service.live_ticket("anna", rights=True)

    with pytest.raises(RateLimitError) as refused:
        asyncio.run(ask())
    assert refused.value.code == "busy"
