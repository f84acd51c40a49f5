"""Speaking in another voice over a socket: tickets, places, frames, and what a talk leaves behind."""

import asyncio
import json
import time
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone

from tests.voices.asking import owner_of
from tests.voices.stored import voice_create
from voices import engine
from voices.consent_texts import RIGHTS_CURRENT
from voices.errors import Unavailable
from voices.live import door, frames, talking
from voices.live.door import LiveDoor, origin_allowed
from voices.models import LiveSession, UsageDay, Voice
from voices.services.conversion import live
from voices.web.views import LIVE_STEPS

RATE = 48_000
PIECE = b"\x01\x00" * 960


class Echo:
    """Stands for the models: says what it hears, by twice the numbers."""

    def __init__(self):
        self.heard = []

    def push(self, content):
        self.heard.append(content)
        return content.replace(b"\x01", b"\x02")

    def report(self):
        return {"block_seconds": 0.14, "dropped": 0, "semitones": None}


@pytest.fixture(autouse=True)
def talks(monkeypatch, settings, bank_voice):
    settings.LIVE_PORT, settings.LIVE_SESSIONS = 8001, 2
    made = []

    def live_talk(profile, values, rate_hz):
        made.append((profile, values, rate_hz, Echo()))
        return made[-1][3]

    monkeypatch.setattr(engine, "live_talk", live_talk)
    return made


@pytest.fixture
def alice(caller):
    return caller("alice")


def asked(client, voice="anna", **more):
    return client.post("/api/v1/live/", {"voice": voice, "rights": True, **more}, "json")


def ticket_of(client, **more):
    answer = asked(client, **more)
    assert answer.status_code == 201, answer.content
    return answer.json()["ticket"]


def exchange(*messages, origin="", path="/live/"):
    """What the door tells of these messages: texts parsed, samples as bytes, and the code it closes with."""

    async def run():
        told, came = [], asyncio.Queue()
        come = iter(messages)

        def next_in():
            message = next(come, None)
            if message is None:
                return
            key = "bytes" if isinstance(message, bytes) else "text"
            sent = message if isinstance(message, (bytes, str)) else json.dumps(message)
            came.put_nowait({"type": "websocket.receive", key: sent})

        async def send(message):
            if message["type"] == "websocket.close":
                told.append(message["code"])
            elif message["type"] == "websocket.send":
                told.append(message.get("bytes") or json.loads(message["text"]))
                if message.get("bytes") or told[-1]["type"] in ("ready", "pong"):
                    next_in()

        came.put_nowait({"type": "websocket.connect"})
        next_in()
        scope = {
            "type": "websocket",
            "path": path,
            "headers": [(b"origin", origin.encode())] if origin else [],
        }
        await asyncio.wait_for(LiveDoor()(scope, came.get, send), 20)
        return told

    return async_to_sync(run)()


def begin(ticket, **more):
    return {"type": "begin", "ticket": ticket, "rate_hz": RATE, **more}


END = {"type": "end"}


def error_of(told):
    assert told[-2]["type"] == "error", told
    return told[-2]["error"]["code"], told[-1]


def test_a_talk_from_its_ticket_to_its_end(alice, talks):
    answer = asked(alice, transpose=3, block_seconds=0.1)
    assert answer.json()["address"] == "ws://testserver:8001/live/"
    told = exchange(begin(answer.json()["ticket"]), PIECE, {"type": "ping", "sent": 5}, END)
    assert [one["type"] for one in told[:2]] == ["preparing", "ready"]
    assert told[1]["block_seconds"] == 0.14
    assert PIECE.replace(b"\x01", b"\x02") in told
    assert {"type": "pong", "sent": 5} in told
    assert told[-2]["type"] == "report"
    assert told[-1] == 1000
    profile, values, rate, _ = talks[0]
    assert profile["embedding"][0] == 1.0
    assert values == {"transpose": 3.0, "block_seconds": 0.1}
    assert rate == RATE
    session = LiveSession.objects.get()
    assert session.ended_at is not None
    assert session.rights["version"] == RIGHTS_CURRENT
    assert UsageDay.objects.get().worked_seconds == pytest.approx(session.seconds)


@pytest.mark.parametrize("again", ["used", "old", "none"])
def test_a_ticket_counts_once_and_for_half_a_minute(alice, again):
    ticket = ticket_of(alice)
    if again == "used":
        exchange(begin(ticket), END)
    elif again == "old":
        LiveSession.objects.update(created_at=timezone.now() - timedelta(seconds=31))
    else:
        ticket = "guessed"
    assert error_of(exchange(begin(ticket), END)) == ("unknown_ticket", 4404)


def test_a_stranger_s_voice_is_not_there_and_one_s_own_is(alice, caller):
    own = voice_create(
        **owner_of("bob").fields, name="Bob", status="ready", profile={"embedding": [0.5]}
    )
    answer = asked(alice, voice=str(own.pk))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_voice")
    assert asked(caller("bob"), voice=str(own.pk)).status_code == 201


def test_consent_is_asked_as_for_every_voice(alice, settings):
    answer = asked(alice, rights=False)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "rights_required")
    answer = asked(alice, rights_version="0")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "rights_text_changed")
    settings.SPOKEN_CONSENT_REQUIRED = True
    own = voice_create(
        **owner_of("alice").fields, name="Own", status="ready", profile={"embedding": [0.5]}
    )
    answer = asked(alice, voice=str(own.pk))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "spoken_consent_required")


def test_settings_out_of_their_range_are_refused(alice):
    answer = asked(alice, block_seconds=3)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_live_settings")
    assert "block_seconds" in answer.json()["error"]["message"]


def test_more_than_can_be_served_are_told_so(alice, caller):
    first, _ = ticket_of(alice), ticket_of(alice)
    answer = asked(caller("bob"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "busy")
    assert answer["Retry-After"] == "60"
    assert answer.json()["error"]["details"] == {"allowed": 2}
    exchange(begin(first), END)
    assert asked(caller("bob")).status_code == 201  # a place is free again


def test_a_talk_that_was_lost_frees_its_place(alice):
    for _ in range(2):
        live.live_begin(ticket=ticket_of(alice))
    assert asked(alice).status_code == 429
    LiveSession.objects.update(beat_at=timezone.now() - timedelta(seconds=16))
    assert asked(alice).status_code == 201


def test_a_place_is_held_while_the_voice_gets_ready(alice, monkeypatch):
    monkeypatch.setattr(talking, "BEAT_SECONDS", 0.01)
    beats = []

    def live_talk(profile, values, rate_hz):
        while len(beats) < 3:
            time.sleep(0.005)
        return Echo()

    def live_beat(*, session, seconds):
        beats.append(seconds)

    monkeypatch.setattr(engine, "live_talk", live_talk)
    monkeypatch.setattr(talking, "live_beat", live_beat)
    told = exchange(begin(ticket_of(alice)), END)
    assert (told[1]["type"], told[-1]) == ("ready", 1000)
    assert beats[:3] == [0.0, 0.0, 0.0]


def test_tickets_given_out_at_once_do_not_overfill_the_places(alice, settings):
    settings.LIVE_SESSIONS = 3
    tickets = [ticket_of(alice) for _ in range(3)]
    settings.LIVE_SESSIONS = 2
    for ticket in tickets[:2]:
        live.live_begin(ticket=ticket)
    assert error_of(exchange(begin(tickets[2]), END)) == ("busy", 4429)
    assert (
        len(alice.get("/api/v1/live/").json()["results"]) == 2
    )  # who was not let in has not spoken


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("no json", ("bad_frame", 4400)),
        ({"type": "sing"}, ("bad_frame", 4400)),
        ("[1]", ("bad_frame", 4400)),
        (b"\x01", ("bad_frame", 4400)),
        (b"\x01\x00" * (RATE + 1), ("frame_too_large", 4413)),
        ("x" * 5000, ("frame_too_large", 4413)),
    ],
)
def test_wrong_frames_end_a_talk(alice, message, code):
    told = exchange(begin(ticket_of(alice), language="ru"), message)
    assert error_of(told) == code
    assert "ожидается" in told[-2]["error"]["message"] or code[1] == 4413
    assert LiveSession.objects.get().ended_at is not None


@pytest.mark.parametrize("rate", [8000, 96_000, "48000", None])
def test_rates_that_nothing_is_known_of(alice, rate):
    told = exchange({"type": "begin", "ticket": ticket_of(alice), "rate_hz": rate})
    assert error_of(told) == ("bad_rate", 4400)


@pytest.mark.parametrize("first", [b"\x00\x00", {"type": "ping"}])
def test_the_first_message_brings_the_ticket(first):
    assert error_of(exchange(first)) == ("bad_frame", 4400)


def test_who_says_nothing_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(door, "BEGIN_SECONDS", 0.05)
    assert error_of(exchange()) == ("no_ticket", 4504)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("", True),
        ("http://testserver:8000", True),
        ("https://elsewhere.example", False),
        ("https://friend.example", True),
        ("null", False),
    ],
)
def test_pages_of_other_sites_may_not_open_it(settings, origin, allowed):
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]
    assert origin_allowed({"headers": [(b"Origin", origin.encode())]}) is allowed
    if not allowed:
        assert exchange(begin("t"), origin=origin) == [4403]


def test_other_paths_are_closed_at_once():
    assert exchange(begin("t"), path="/elsewhere/") == [4403]


def test_it_lasts_no_longer_than_it_may(alice, settings):
    settings.LIVE_SECONDS = 0.05
    assert error_of(exchange(begin(ticket_of(alice)))) == ("talk_over", 4410)


def test_a_talk_ends_with_its_voice(alice, monkeypatch):
    monkeypatch.setattr(talking, "BEAT_SECONDS", 0.01)
    own = voice_create(
        **owner_of("alice").fields, name="Own", status="ready", profile={"embedding": [0.5]}
    )
    ticket = ticket_of(alice, voice=str(own.pk))

    def live_talk(profile, values, rate_hz):
        Voice.objects.filter(pk=own.pk).delete()
        connection.close()  # of this thread
        return Echo()

    monkeypatch.setattr(engine, "live_talk", live_talk)
    assert error_of(exchange(begin(ticket), PIECE)) == ("voice_deleted", 4404)
    assert not LiveSession.objects.exists()


def test_what_the_models_cannot_do_is_told(alice, monkeypatch):
    def live_talk(profile, values, rate_hz):
        raise Unavailable("weights_missing", "no weights", "нет весов")

    monkeypatch.setattr(engine, "live_talk", live_talk)
    assert error_of(exchange(begin(ticket_of(alice)))) == ("weights_missing", 4503)
    assert LiveSession.objects.get().seconds == 0


def test_while_one_piece_is_computed_the_oldest_of_the_others_go(alice, monkeypatch, talks):
    monkeypatch.setattr(talking, "KEPT_SECONDS", 0.04)

    async def listened():
        talk = talking.Talk(LiveSession(), RATE, None)
        pieces = iter([b"\x01\x00" * 960, b"\x02\x00" * 960, b"\x03\x00" * 960])

        async def receive():
            piece = next(pieces, None)
            return (
                {"bytes": piece, "type": "websocket.receive"}
                if piece
                else {"type": "websocket.disconnect"}
            )

        with pytest.raises(frames.Left):
            await talk._listen(receive, None)
        return bytes(talk._waiting)

    assert async_to_sync(listened)() == b"\x02\x00" * 960 + b"\x03\x00" * 960


def test_a_day_s_seconds_are_counted_and_run_out(alice, settings):
    account = {**settings.QUOTAS["account"], "work_seconds_per_day": 10}
    settings.QUOTAS = {**settings.QUOTAS, "account": account}
    session = live.live_begin(ticket=ticket_of(alice))
    live.live_end(session=session, seconds=11)
    answer = asked(alice)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "quota_exceeded")
    assert answer.json()["error"]["details"]["limit"] == "work_seconds_per_day"


def test_who_spoke_sees_when_in_which_voice_and_how_long(alice, caller):
    own = voice_create(
        **owner_of("alice").fields, name="Own", status="ready", profile={"embedding": [0.5]}
    )
    ticket_of(alice)  # that nobody uses
    earlier = live.live_begin(ticket=ticket_of(alice, voice=str(own.pk), formant=1))
    live.live_end(session=earlier, seconds=61.5)
    now = live.live_begin(ticket=ticket_of(alice))
    for seconds in (0, 4.0):
        live.live_beat(session=now, seconds=seconds)
        listed = alice.get("/api/v1/live/").json()["results"]
        assert [one["id"] for one in listed] == [str(now.pk), str(earlier.pk)]
    assert (listed[0]["voice"]["slug"], listed[0]["ended_at"]) == ("anna", None)
    assert listed[0]["expires_at"] is None
    assert (listed[1]["voice"]["name"], listed[1]["seconds"]) == ("Own", 61.5)
    assert listed[1]["settings"] == {"formant": 1.0}
    assert listed[1]["ended_at"] > listed[1]["started_at"]
    assert caller("bob").get("/api/v1/live/").json()["results"] == []
    assert alice.get(f"/api/v1/live/{earlier.pk}/").json() == listed[1]
    assert Voice.objects.get(pk=own.pk).last_heard_at is not None  # so it is not swept as unused


def test_a_talk_is_forgotten_when_it_is_over(alice, caller):
    session = live.live_begin(ticket=ticket_of(alice))
    address = f"/api/v1/live/{session.pk}/"
    answer = alice.delete(address)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "talk_goes_on")
    lost_at = timezone.now() - timedelta(seconds=16)  # with the process that held it
    LiveSession.objects.update(beat_at=lost_at, seconds=5)
    assert caller("bob").delete(address).json()["error"]["code"] == "unknown_talk"
    assert LiveSession.objects.get().over_at == lost_at
    assert alice.delete(address).status_code == 204
    assert not LiveSession.objects.exists()


def test_the_page_s_sliders_can_stand_where_the_usual_settings_are():
    """A browser moves what lies between two steps to one of them."""
    for name, row in engine.live_settings_usual().items():
        step = LIVE_STEPS.get(name, (1.0, ""))[0]
        steps = ((row["usual"] or 0.0) - row["least"]) / step
        assert steps == pytest.approx(round(steps), abs=1e-6), name


def test_where_it_is_switched_off_it_says_so(alice, settings):
    settings.LIVE_PORT = 0
    answer = asked(alice)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "live_off")
    settings.LIVE_URL = "wss://voice.example/live/"
    assert asked(alice).json()["address"] == "wss://voice.example/live/"
