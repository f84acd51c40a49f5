"""A trained voice as one file: safetensors with a JSON header. Torch is not needed to read, check, write or merge it.

    8 bytes     length of the header
    header      {"__metadata__": {"voice": JSON, "digest": sha256, "signer": …, "signature": …}, "<name>": its place}
    numbers     of the deltas, float16; those of the conversion model's have names that begin with "conversion/"

`digest` is the sha256 over the voice's JSON and every number with its name and shape: a file that was changed in any
bit is refused. With a key there is a signature too, HMAC-SHA256 of the digest (RFC 2104), and `signer`, 16 digits of a
sha256 of the key: who has the key knows that the file was written with it. Files are read within bounds: nothing is
allocated for what a header claims, and no code is ever run of them.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from tts_engine.errors import RequestError, VoiceError
from tts_engine.speaking.saving import write_whole
from tts_engine.speaking.voice_mix import mix_profiles
from tts_engine.speaking.voicebank import profile_from_dict, profile_to_dict
from tts_engine.synthesizer.deltas import make_delta, of_another_base
from tts_engine.types import VoiceProfile
from tts_engine.weights import fingerprint

SUFFIX = ".voice"
FORMAT, VERSION = "voiceclone-voice", 2
VERSIONS = (1, VERSION)  # the first had no delta of the conversion model
CONVERSION = "conversion/"  # before the names of its numbers
MOST_BYTES = 64 * 2**20
MOST_HEADER_BYTES = 512 * 2**10
MOST_TENSORS = 1000
LENGTH_BYTES = 8
KEYS = {"voice", "digest", "signer", "signature"}
DTYPES = {"F16": 2}
EMBEDDING_SIZE = 256
MOST_FACTS = 4096  # numbers of a profile's longest list
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True, eq=False)
class StudioVoice:
    """A trained voice.

    Attributes:
        profile: what the networks need, its deltas in it.
        name: that people see; "" when it has none.
        created_at: when the training ended, ISO 8601 in UTC.
        training: settings and figures of the training, plain values; {} for a merged voice that was not measured.
        signer: whose key has signed the file that it was read from; "" when nobody's, or not from a file.
    """

    profile: VoiceProfile
    name: str = ""
    created_at: str = field(default_factory=lambda: datetime.now(timezone.utc).isoformat())
    training: Mapping[str, Any] = field(default_factory=dict)
    signer: str = ""

    @property
    def bases(self) -> "Bases":
        """Of the weights that it fits."""
        deltas = (self.profile.delta, self.profile.conversion_delta)
        return Bases(*("" if delta is None else delta.base for delta in deltas))


@dataclass(frozen=True)
class Bases:
    """Fingerprints of the weights that a voice is trained on; "" is any."""

    synthesizer: str
    conversion: str = ""

    @classmethod
    def of(cls, weights: Path) -> "Bases":
        """Of a folder of weights; CheckpointError `weights_missing`."""
        return cls(fingerprint(weights / "synthesizer"), fingerprint(weights / "conversion"))

    def check(self, voice: StudioVoice) -> None:
        """Whether each delta that a voice has fits; VoiceError `delta_of_another_base`."""
        for wanted, found in zip(astuple(self), astuple(voice.bases), strict=True):
            if wanted and found not in ("", wanted):
                raise of_another_base(found, wanted)


def key_id(key: bytes) -> str:
    """What names a key without telling it: 16 hexadecimal digits."""
    return hashlib.sha256(b"voice file key\0" + key).hexdigest()[:16]


def voice_bytes(voice: StudioVoice, key: bytes | None = None) -> bytes:
    """The file's content, signed when there is a key.

    Raises:
        VoiceError: `voice_not_trained`, the profile has no delta.
    """
    delta = voice.profile.delta
    if delta is None:
        raise VoiceError(
            "voice_not_trained",
            "only a trained voice becomes a voice file; this one has no delta",
            "файлом голоса становится только обученный голос, а у этого нет поправки",
        )
    given = dict(delta.tensors)
    if (other := voice.profile.conversion_delta) is not None:
        given |= {CONVERSION + name: value for name, value in other.tensors.items()}
    tensors = {name: value.astype(np.float16) for name, value in given.items()}
    told = {
        "format": FORMAT,
        "version": VERSION,
        "bases": asdict(voice.bases),
        "name": voice.name[:LONGEST_NAME],
        "created_at": voice.created_at,
        "profile": profile_to_dict(voice.profile),
        "training": dict(voice.training),
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    digest = _digest(text, tensors)
    metadata = {"voice": text, "digest": digest}
    if key is not None:
        metadata |= {"signer": key_id(key), "signature": _signature(digest, key)}
    return save(tensors, metadata)


def write_voice(path: Path, voice: StudioVoice, key: bytes | None = None) -> None:
    """Write a file that is whole or not there.

    Raises:
        VoiceError: as `voice_bytes`.
        RequestError: `output_not_writable`.
    """
    write_whole(path, voice_bytes(voice, key))


def read_voice(path: Path, *, bases: Bases | None = None, key: bytes | None = None) -> StudioVoice:
    """Read a voice file; as `parse_voice`, and RequestError `voice_file_unreadable` when it cannot be opened."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(str(error.strerror), str(error.strerror)) from error
    return parse_voice(content, bases=bases, key=key)


def parse_voice(
    content: bytes, *, bases: Bases | None = None, key: bytes | None = None
) -> StudioVoice:
    """A voice out of its file.

    Args:
        content: of the file, at most 64 MB.
        bases: of the weights that it has to fit; None: any.
        key: the signature is held against it if it was made with it; the signature of another key is not judged.

    Raises:
        RequestError: `voice_file_unreadable` (no voice file, too large, changed since it was written),
            `voice_signature_wrong`.
        VoiceError: `delta_of_another_base`, `delta_damaged` (numbers that are not finite, or do not multiply).
    """
    metadata = _metadata(content)
    try:
        tensors = load(content)
    except (SafetensorError, ValueError, TypeError) as error:
        raise _unreadable(str(error), str(error)) from error
    text, digest = metadata.get("voice", ""), metadata.get("digest", "")
    if not hmac.compare_digest(_digest(text, tensors).encode(), digest.encode()):
        raise _unreadable(
            "it was changed or damaged since it was written",
            "он изменён или повреждён с тех пор, как записан",
        )
    signer = metadata.get("signer", "")
    if key is not None and signer == key_id(key):
        wanted = _signature(digest, key)
        if not hmac.compare_digest(wanted.encode(), metadata.get("signature", "").encode()):
            raise RequestError(
                "voice_signature_wrong",
                "the signature of the voice file is not right: somebody else has written it",
                "подпись файла голоса неверна: его записал кто-то другой",
            )
    voice = _voice(text, tensors, signer)
    if bases is not None:
        bases.check(voice)
    return voice


def merge_voices(shares: Sequence[tuple[StudioVoice, float]], name: str = "") -> StudioVoice:
    """A voice between voices, deltas and profiles alike; exact as far as the network is linear, which it is not.

    Args:
        shares: voices and their weights above 0.
        name: of the new voice.

    Raises:
        VoiceError: `delta_of_another_base`, `delta_damaged`.
    """
    total = sum(weight for _, weight in shares)
    told = [{"name": one.name, "share": round(weight / total, 4)} for one, weight in shares]
    mixed = mix_profiles([(voice.profile, weight) for voice, weight in shares])
    return StudioVoice(profile=mixed, name=name, training={"merged": told})


def _metadata(content: bytes) -> dict[str, str]:
    """The header's words; everything it claims is held against the content before a number is read."""
    size = int.from_bytes(content[:LENGTH_BYTES], "little")
    if not LENGTH_BYTES < len(content) <= MOST_BYTES or not 2 <= size <= MOST_HEADER_BYTES:
        raise _unreadable("its size is not that of a voice", "размер не тот")
    try:
        header = json.loads(content[LENGTH_BYTES : LENGTH_BYTES + size])
        metadata = header.pop("__metadata__")
        entries = [(entry["dtype"], entry["shape"]) for entry in header.values()]
        known = all(dtype in DTYPES for dtype, _ in entries)
        words = all(isinstance(value, str) for value in metadata.values())
        words = words and metadata.keys() <= KEYS
        if not (known and words and 0 < len(entries) <= MOST_TENSORS):
            raise ValueError("not the header of a voice")
        return dict(metadata)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(f"its header: {error}", f"заголовок: {error}") from error


def _voice(text: str, tensors: Mapping[str, NDArray], signer: str) -> StudioVoice:
    try:
        told = json.loads(text)
        if told["format"] != FORMAT or told["version"] not in VERSIONS:
            raise ValueError(f"version {told['version']!r}, only {VERSION} and older are known")
        bases = Bases(told["base"]) if told["version"] == 1 else Bases(**told["bases"])
        profile = profile_from_dict(told["profile"])
        _check_profile(profile)
        words = [str(told[name])[:LONGEST_NAME] for name in ("name", "created_at")]
        training = dict(told["training"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable(
            f"what it tells of the voice: {error}", f"сведения о голосе: {error}"
        ) from error
    name, created_at = words
    converting = {
        name.removeprefix(CONVERSION): value
        for name, value in tensors.items()
        if name.startswith(CONVERSION)
    }
    speaking = {n: value for n, value in tensors.items() if not n.startswith(CONVERSION)}
    other = make_delta(bases.conversion, converting) if converting else None
    return StudioVoice(
        profile=replace(
            profile, delta=make_delta(bases.synthesizer, speaking), conversion_delta=other
        ),
        name=name,
        created_at=created_at,
        training=training,
        signer=signer,
    )


def _check_profile(profile: VoiceProfile) -> None:
    lists = (profile.spectrum, profile.fitted)
    if profile.embedding.shape != (EMBEDDING_SIZE,) or max(map(len, lists)) > MOST_FACTS:
        raise ValueError("a profile of another size")
    facts = (profile.f0_median_hz, profile.f0_spread_semitones, profile.phonemes_per_second)
    numbers = np.concatenate([np.asarray(values, np.float64) for values in (facts, *lists)])
    if not (np.isfinite(numbers).all() and np.isfinite(profile.embedding).all()):
        raise ValueError("a profile of numbers that are not finite")


def _digest(text: str, tensors: Mapping[str, NDArray]) -> str:
    whole = hashlib.sha256(text.encode() + b"\0")
    for name, value in sorted(tensors.items()):
        whole.update(f"{name} {value.dtype} {value.shape}\n".encode())
        whole.update(value.tobytes())
    return whole.hexdigest()


def _signature(digest: str, key: bytes) -> str:
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()


def _unreadable(en: str, ru: str) -> RequestError:
    return RequestError(
        "voice_file_unreadable",
        f"the voice file cannot be read: {en[:200]}",
        f"файл голоса не читается: {ru[:200]}",
    )
