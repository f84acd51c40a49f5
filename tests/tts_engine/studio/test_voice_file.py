"""A voice file comes back as it was written; anything else is refused by name, and cheaply."""

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from tests.tts_engine.studio.voices import (
    BASE,
    CONVERSION_BASE,
    conversion_delta,
    delta,
    studio_voice,
)
from tests.tts_engine.synthesizer.tiny import voice
from tts_engine.cli import main
from tts_engine.errors import EngineError, RequestError, VoiceError
from tts_engine.studio import voice_file
from tts_engine.studio.voice_file import (
    MOST_BYTES,
    Bases,
    StudioVoice,
    key_id,
    merge_voices,
    parse_voice,
    read_voice,
    voice_bytes,
    write_voice,
)
from tts_engine.types import DELTAS

KEY = b"the installation's"


def header_of(content: bytes) -> dict:
    size = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + size])


def with_header(header: object, content: bytes) -> bytes:
    size = int.from_bytes(content[:8], "little")
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content[8 + size :]


def refused(content: bytes, code: str = "voice_file_unreadable", **options: object) -> EngineError:
    with pytest.raises(EngineError) as error:
        parse_voice(content, **options)
    assert error.value.code == code
    return error.value


def test_a_voice_comes_back_as_it_was_written(tmp_path):
    written = studio_voice()
    write_voice(tmp_path / "me.voice", written, KEY)
    found = read_voice(tmp_path / "me.voice", bases=Bases(BASE, CONVERSION_BASE), key=KEY)
    assert (found.name, found.created_at, found.training) == (
        written.name,
        written.created_at,
        written.training,
    )
    assert found.signer == key_id(KEY)
    assert found.bases == Bases(BASE)
    assert found.profile.delta.key == written.profile.delta.key
    for name, value in written.profile.delta.tensors.items():
        np.testing.assert_array_equal(found.profile.delta.tensors[name], value)
    np.testing.assert_allclose(found.profile.embedding, written.profile.embedding, atol=1e-6)
    assert found.profile.f0_median_hz == 120.0


def converting_voice(seed: int = 0, **options: object) -> StudioVoice:
    """One whose delta of the conversion model has a name of the synthesizer's too."""
    voice = studio_voice(seed)
    return replace(
        voice, profile=replace(voice.profile, conversion_delta=conversion_delta(seed, **options))
    )


def test_what_both_networks_have_learned_comes_back_apart():
    written = converting_voice()
    found = parse_voice(voice_bytes(written, KEY), bases=Bases(BASE, CONVERSION_BASE), key=KEY)
    assert found.bases == Bases(BASE, CONVERSION_BASE)
    for name in DELTAS:
        assert getattr(found.profile, name).key == getattr(written.profile, name).key


def test_to_convert_the_other_delta_has_to_fit_too():
    content = voice_bytes(converting_voice())
    error = refused(content, "delta_of_another_base", bases=Bases(BASE, "e" * 64))
    assert error.details == {"found": CONVERSION_BASE, "expected": "e" * 64}
    assert parse_voice(content, bases=Bases(BASE)).bases.conversion == CONVERSION_BASE


def test_a_file_of_before_there_were_two_is_read():
    content = voice_bytes(studio_voice())
    told = json.loads(header_of(content)["__metadata__"]["voice"])
    told |= {"version": 1, "base": told.pop("bases")["synthesizer"]}
    text, tensors = json.dumps(told), load(content)
    digest = voice_file._digest(text, tensors)
    found = parse_voice(save(tensors, {"voice": text, "digest": digest}), bases=Bases(BASE, "e"))
    assert found.profile.delta.key == studio_voice().profile.delta.key
    assert found.profile.conversion_delta is None


def test_any_library_of_safetensors_reads_its_numbers():
    tensors = load(voice_bytes(studio_voice()))
    assert set(tensors) == {"draft.weight.up", "draft.weight.down", "draft.bias.add"}


def test_every_changed_bit_is_found():
    content = voice_bytes(studio_voice())
    rng = np.random.default_rng(0)
    for place in rng.integers(8, len(content), size=60):
        changed = bytearray(content)
        changed[place] ^= 1 << int(rng.integers(8))
        with pytest.raises(RequestError):
            parse_voice(bytes(changed))


def test_a_signature_is_held_against_our_own_key_and_another_key_is_not_judged():
    content = voice_bytes(studio_voice(), KEY)
    assert parse_voice(content, key=b"somebody else's").signer == key_id(KEY)
    assert parse_voice(voice_bytes(studio_voice()), key=KEY).signer == ""
    header = header_of(content)
    header["__metadata__"]["signature"] = "0" * 64
    refused(with_header(header, content), "voice_signature_wrong", key=KEY)


def test_a_voice_of_other_weights_is_named_so():
    error = refused(voice_bytes(studio_voice()), "delta_of_another_base", bases=Bases("c" * 64))
    assert error.details == {"found": BASE, "expected": "c" * 64}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 7,
        b"\0" * 100,
        (2**40).to_bytes(8, "little") + b"{}",
        (100).to_bytes(8, "little") + b"[" * 100,
        (500_000).to_bytes(8, "little") + b"[" * 500_000,
        b"RIFF....WAVEfmt ",
        save({"a.add": np.zeros(3, np.float16)}),
        save({"a.add": np.zeros(3, np.float64)}, {"voice": "{}", "digest": ""}),
        save({"a.add": np.zeros(3, np.float16)}, {"voice": "{}", "digest": "é"}),
        b"\x80\x04\x95" + b"pickle" * 20,
    ],
)
def test_what_is_no_voice_is_refused(content):
    refused(content)


def test_numbers_that_are_not_finite_are_refused():
    damaged = studio_voice()
    damaged.profile.delta.tensors["draft.bias.add"][0] = np.nan
    refused(voice_bytes(damaged), "delta_damaged")
    damaged = studio_voice()
    damaged.profile.embedding[0] = np.inf
    refused(voice_bytes(damaged))


def test_parts_that_do_not_multiply_are_refused():
    for name, shape in (("draft.weight.up", (160, 3)), ("draft.weight.down", (2, 0))):
        damaged = studio_voice()
        damaged.profile.delta.tensors[name] = np.zeros(shape, np.float32)
        if name == "draft.weight.down":
            del damaged.profile.delta.tensors[name]
        refused(voice_bytes(damaged), "delta_damaged")


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.voice"
    with path.open("wb") as file:
        file.truncate(4 * MOST_BYTES)
    tracemalloc.start()
    with pytest.raises(RequestError):
        read_voice(path)
    assert tracemalloc.get_traced_memory()[1] < 1.2 * MOST_BYTES
    tracemalloc.stop()


def test_a_header_that_promises_much_costs_nothing():
    content = voice_bytes(studio_voice())
    header = header_of(content)
    header["draft.weight.up"]["shape"] = [2**31, 2**20]
    tracemalloc.start()
    refused(with_header(header, content))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_missing_file_and_a_voice_that_was_not_trained(tmp_path):
    with pytest.raises(RequestError, match="cannot be read"):
        read_voice(Path(tmp_path / "nobody.voice"))
    with pytest.raises(VoiceError) as error:
        voice_bytes(StudioVoice(profile=voice()))
    assert error.value.code == "voice_not_trained"


def test_merged_voices_add_what_each_adds_by_its_share():
    first, second = studio_voice(0), studio_voice(1, rank=3)
    merged = merge_voices([(first, 3.0), (second, 1.0)], name="both")

    def whole(one):
        tensors = one.profile.delta.tensors
        return tensors["draft.weight.up"] @ tensors["draft.weight.down"]

    np.testing.assert_allclose(whole(merged), 0.75 * whole(first) + 0.25 * whole(second), atol=1e-4)
    assert merged.profile.delta.tensors["draft.weight.up"].shape == (160, 5)
    assert merged.training == {
        "merged": [{"name": "Пётр", "share": 0.75}, {"name": "Пётр", "share": 0.25}]
    }
    assert parse_voice(voice_bytes(merged)).profile.delta.key == merged.profile.delta.key


def test_what_converts_is_merged_too_and_a_voice_without_it_adds_nothing():
    merged = merge_voices([(converting_voice(0), 3.0), (studio_voice(1), 1.0)])
    name = "conditioner.output.bias.add"
    whole = converting_voice(0).profile.conversion_delta.tensors[name]
    np.testing.assert_allclose(
        merged.profile.conversion_delta.tensors[name], 0.75 * whole, atol=1e-3
    )
    assert merge_voices([(studio_voice(), 1.0)]).profile.conversion_delta is None


def test_the_command_merges_by_weight(tmp_path, capsys):
    paths = [tmp_path / f"{number}.voice" for number in range(2)]
    for number, path in enumerate(paths):
        write_voice(path, studio_voice(number))
    command = ["merge", *map(str, paths), "--output", str(tmp_path / "both.voice")]
    assert main([*command, "--weights", "3", "1"]) == 0
    merged = read_voice(tmp_path / "both.voice")
    assert merged.name == "both"
    assert [one["share"] for one in merged.training["merged"]] == [0.75, 0.25]
    assert main([*command, "--weights", "3"]) == 2
    assert main([*command, "--weights", "0", "1"]) == 2
    assert "weights above 0" in capsys.readouterr().err


def test_voices_of_different_weights_do_not_merge():
    other = studio_voice(1, base="c" * 64)
    with pytest.raises(VoiceError) as error:
        merge_voices([(studio_voice(), 1.0), (other, 1.0)])
    assert error.value.code == "delta_of_another_base"
    assert delta(0).key != delta(0, base="c" * 64).key
