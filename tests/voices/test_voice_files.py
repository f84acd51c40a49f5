"""Voices of no recordings: a trained version as a file and back, and voices merged of others."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.voices.asking import owner_of, refused
from tests.voices.stored import voice_create
from tts_engine.speaking.voicebank import profile_from_dict
from tts_engine.studio.voice_file import StudioVoice, parse_voice, voice_bytes
from tts_engine.synthesizer.deltas import make_delta
from tts_engine.types import DELTAS
from voices import engine
from voices.engine import deltas as engine_deltas
from voices.errors import Broken
from voices.models import ConsentRecord, StoredFile, Voice
from voices.models.voice_version import weights_name
from voices.services.jobs.files import file_keep
from voices.services.voices.versions import voice_version_add

pytestmark = pytest.mark.usefixtures("messages", "bank_voice")

BASE = "b" * 64
UP, DOWN = "decoder.weight.up", "decoder.weight.down"
BIAS = "output.bias.add"  # of the conversion model


def along(axis):
    return {
        "embedding": [float(place == axis) for place in range(256)], "f0_median_hz": 120.0,
        "f0_spread_semitones": 2.0, "phonemes_per_second": 12.0, "spectrum": [], "fitted": [],
    }  # fmt: skip


def content_of(axis, size=1.0, base=BASE):
    """A voice file with a delta of rank 1, and one of what converts."""
    tensors = {UP: np.full((4, 1), size), DOWN: np.eye(1, 3, axis)}
    profile = profile_from_dict(along(axis))
    profile = replace(
        profile,
        delta=make_delta(base, tensors),
        conversion_delta=make_delta(base, {BIAS: np.full(2, size)}),
    )
    return voice_bytes(StudioVoice(profile=profile, name="Из записи"))


@pytest.fixture(autouse=True)
def _weights(monkeypatch):
    """As if the weights were those that the voices were trained on."""
    monkeypatch.setattr("tts_engine.studio.voice_file.fingerprint", lambda folder: BASE)
    engine_deltas.kept.clear()


@pytest.fixture
def client(caller):
    return caller("alice")


def trained(name="Иван", axis=0, size=1.0, owner="alice"):
    """A voice with a measured and a trained version."""
    fields = owner_of(owner).fields
    voice = voice_create(**fields, name=name, profile=along(axis))
    content = content_of(axis, size)
    digest = hashlib.sha256(content).hexdigest()
    stored = file_keep(
        content, name=weights_name(voice.pk, digest), role="weights", voice=voice, **fields
    )
    stored.save()
    figures = {"checkpoint": 2, "similarity": 0.9}
    voice_version_add(
        voice=voice, profile=along(axis), weights=digest, figures=figures, kind="studio"
    )
    return voice


def exported(client, voice, number=2):
    return client.get(f"/api/v1/voices/{voice.pk}/versions/{number}/file/")


def brought(client, content, **fields):
    file = SimpleUploadedFile("me.voice", content)
    return client.post("/api/v1/voices/import/", {"file": file, "consent": "true", **fields})


def merged(client, *shares, name="Смесь", **fields):
    voices = [{"voice": str(getattr(one, "pk", one)), "weight": weight} for one, weight in shares]
    body = {"name": name, "voices": voices, "consent": True, **fields}
    return client.post("/api/v1/voices/merge/", body, "json")


def spoken(voice):
    """The engine's profile of a voice as it speaks now."""
    return engine_deltas.profile_of(Voice.objects.get(pk=voice).profile)


def test_a_version_goes_out_as_a_file_and_comes_back_the_same(client, caller):
    voice = trained()
    answer = exported(client, voice)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    assert ".voice" in answer["Content-Disposition"]
    made = brought(caller("bob"), answer.content)
    assert made.status_code == 201, made.content
    there = spoken(made.json()["id"])
    for name in DELTAS:
        assert getattr(there, name).key == getattr(spoken(voice.pk), name).key
    assert made.json()["name"] == "Иван"
    version = Voice.objects.get(pk=made.json()["id"]).active_version
    assert (version.kind, version.figures["signed_here"]) == ("studio", True)
    assert version.figures["similarity"] == 0.9
    assert ConsentRecord.objects.get(voice=made.json()["id"]).user_name == "bob"
    stored = StoredFile.objects.get(voice=made.json()["id"])
    assert (stored.role, stored.user.username, stored.sha256) == ("weights", "bob", version.weights)


def test_a_file_that_was_changed_or_is_none_is_refused(client):
    content = bytearray(exported(client, trained()).content)
    content[-1] ^= 1
    assert refused(brought(client, bytes(content))) == (422, "voice_file_unreadable")
    assert refused(brought(client, b"no voice")) == (422, "voice_file_unreadable")
    forged = voice_bytes(parse_voice(content_of(0)), key=engine.studio._key())
    signature = forged.index(b'"signature":"') + 13
    other = b"0" if forged[signature : signature + 1] != b"0" else b"1"
    forged = forged[:signature] + other + forged[signature + 1 :]
    assert refused(brought(client, forged)) == (422, "voice_signature_wrong")
    assert Voice.objects.filter(is_bank=False).count() == 1
    assert not StoredFile.objects.exclude(voice__name="Иван").exists()


def test_one_that_others_have_written_is_told_from_ours(client):
    made = brought(client, content_of(3)).json()
    version = Voice.objects.get(pk=made["id"]).active_version
    assert (made["name"], version.figures["signed_here"]) == ("Из записи", False)


def test_it_fits_only_the_weights_it_was_trained_on(client):
    content = content_of(0, base="c" * 64)
    assert refused(brought(client, content)) == (409, "delta_of_another_base")


def test_what_it_asks_of_who_brings_it(client, settings):
    content = content_of(0)
    assert refused(brought(client, content, consent="false")) == (400, "consent_required")
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "voices": 1}}
    assert brought(client, content, name="Один").json()["name"] == "Один"
    assert refused(brought(client, content)) == (429, "quota_exceeded")
    settings.SPOKEN_CONSENT_REQUIRED = True
    mine = Voice.objects.get(is_bank=False)
    assert refused(exported(client, mine, 1)) == (403, "spoken_consent_required")


def test_only_trained_versions_of_ones_own_go_out(client, caller):
    voice = trained()
    assert refused(exported(client, voice, 1)) == (409, "voice_not_trained")
    assert refused(exported(client, voice, 9)) == (404, "unknown_version")
    assert refused(exported(caller("bob"), voice)) == (404, "unknown_voice")
    rows = client.get(f"/api/v1/voices/{voice.pk}/versions/").json()["results"]
    urls = {row["number"]: row["file_url"] for row in rows}
    assert urls == {2: f"/api/v1/voices/{voice.pk}/versions/2/file/", 1: None}


def test_a_merged_voice_lies_between_two(client):
    one, other = trained("Иван", 0, size=1.0), trained("Пётр", 1, size=3.0)
    made = merged(client, (one, 3), (other, 1))
    assert made.status_code == 201, made.content
    profile = spoken(made.json()["id"])
    added = profile.delta.tensors[UP] @ profile.delta.tensors[DOWN]
    assert added[0].tolist() == pytest.approx([0.75, 0.75, 0.0], abs=1e-3)
    converting = profile.conversion_delta.tensors[BIAS]
    assert converting.tolist() == pytest.approx([1.5, 1.5], abs=1e-3)
    assert profile.embedding[0] / profile.embedding[1] == pytest.approx(3.0, rel=1e-3)
    version = Voice.objects.get(pk=made.json()["id"]).active_version
    assert version.kind == "merged"
    assert [one["share"] for one in version.figures["merged"]] == [0.75, 0.25]


def test_voices_without_weights_are_merged_too(client):
    made = merged(client, ("anna", 1), (trained(), 1)).json()
    added = spoken(made["id"]).delta
    assert (added.tensors[UP] @ added.tensors[DOWN])[0, 0] == pytest.approx(0.5)
    plain = voice_create(**owner_of("alice").fields, name="Просто", profile=along(5))
    made = merged(client, ("anna", 1), (plain, 1), name="Две").json()
    assert spoken(made["id"]).delta is None
    assert Voice.objects.get(pk=made["id"]).active_version.weights == ""


def test_nobody_is_merged_who_has_not_consented(client, caller, settings):
    mine = trained()
    assert refused(merged(caller("bob"), (mine, 1), ("anna", 1))) == (404, "unknown_voice")
    assert refused(merged(client, (mine, 1), (mine, 1))) == (400, "same_voice")
    assert refused(merged(client, (mine, 1), ("anna", 1), consent=False)) == (
        400,
        "consent_required",
    )
    settings.SPOKEN_CONSENT_REQUIRED = True
    assert refused(merged(client, (mine, 1), ("anna", 1))) == (403, "spoken_consent_required")
    Voice.objects.filter(pk=mine.pk).update(spoken_consent_at=timezone.now())
    made = merged(client, (mine, 1), ("anna", 1))
    assert made.status_code == 201
    assert made.json()["spoken_consent"] != "missing"


def test_a_merged_voice_goes_with_any_it_was_made_of(client):
    mine, other = trained("Иван", 0), trained("Пётр", 1)
    once = merged(client, (mine, 1), (other, 1), name="Раз").json()["id"]
    merged(client, (once, 1), ("anna", 1), name="Дважды")
    gone = client.delete(f"/api/v1/voices/{other.pk}/").json()
    assert gone["merged_voices"] == 1
    assert set(Voice.objects.values_list("name", flat=True)) == {"Anna", "Иван"}
    assert set(StoredFile.objects.values_list("voice__name", flat=True)) == {"Иван"}


def test_a_mix_at_speaking_holds_their_weights_by_shares(client):
    one, other = trained("Иван", 0), trained("Пётр", 1, size=3.0)
    row = engine.mean_profile([(one.profile, 3.0), (along(2), 1.0)])
    mixed = engine_deltas.profile_of(row)
    delta = mixed.delta
    assert (delta.tensors[UP] @ delta.tensors[DOWN])[0].tolist() == pytest.approx([0.75, 0.0, 0.0])
    assert mixed.conversion_delta.tensors[BIAS].tolist() == pytest.approx([0.75, 0.75])
    row = engine.mean_profile([(row, 1.0), (other.profile, 1.0)])
    delta = engine_deltas.profile_of(row).delta
    assert (delta.tensors[UP] @ delta.tensors[DOWN])[0].tolist() == pytest.approx(
        [0.375, 1.5, 0.0], abs=1e-3
    )


def test_weights_are_kept_within_bounds_and_held_against_their_digest(client, monkeypatch):
    voices = [trained(f"Голос {axis}", axis) for axis in range(3)]
    size = sum(getattr(spoken(voices[0].pk), name).nbytes for name in DELTAS)
    monkeypatch.setattr(engine_deltas.kept, "_most_bytes", 2 * size)
    read = []
    usual = engine_deltas._read
    monkeypatch.setattr(
        engine_deltas, "_read", lambda name, sha256: read.append(name) or usual(name, sha256)
    )
    for voice in (*voices, voices[2], voices[0]):
        spoken(voice.pk)
    assert len(read) == 3, "two of them fit: the second and third were read, and the first again"
    assert engine_deltas.kept.nbytes == 2 * size
    engine_deltas.kept.clear()
    stored = StoredFile.objects.get(voice=voices[1])
    default_storage.delete(stored.name)
    default_storage.save(stored.name, ContentFile(b"other"))
    with pytest.raises(Broken, match="missing or damaged"):
        spoken(voices[1].pk)
