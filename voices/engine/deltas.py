"""What trained voices add to the weights, to speak and to convert: kept in this process, within bounds.

A profile as the service keeps it names the voice files that its deltas lie in, with the share that each has in it:
{"deltas": [{"name": in the storage, "sha256": of the file, "share": 0 to 1}]}. The engine's own profile holds them.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

from django.core.files.storage import default_storage

from voices.errors import Broken

DELTAS = "deltas"
MOST_BYTES = 128 * 2**20  # a low-rank voice takes two or three megabytes, one of all weights 34


class _Kept:
    """Deltas by the digests of their files, the least lately spoken going first."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._profiles: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    @property
    def nbytes(self) -> int:
        return sum(delta.nbytes for one in self._profiles.values() for delta in deltas_of(one))

    def get(self, *, name: str, sha256: str) -> Any:
        """The engine's profile in a file; raises Broken: `voice_weights_damaged`, it is not what was trained."""
        with self._lock:
            if sha256 in self._profiles:
                self._profiles.move_to_end(sha256)
                return self._profiles[sha256]
        profile = _read(name, sha256)
        with self._lock:
            self._profiles[sha256] = profile
            while self.nbytes > self._most_bytes and len(self._profiles) > 1:
                self._profiles.popitem(last=False)
        return profile

    def clear(self) -> None:
        with self._lock:
            self._profiles.clear()


def deltas_of(profile: Any) -> list[Any]:
    """What a profile of the engine adds to the weights of each network, where it does."""
    found = (profile.delta, profile.conversion_delta)
    return [delta for delta in found if delta is not None]


kept = _Kept(MOST_BYTES)


def _read(name: str, sha256: str) -> Any:
    from tts_engine.studio.voice_file import parse_voice

    return parse_voice(weights_content(name, sha256)).profile


def weights_content(name: str, sha256: str) -> bytes:
    """Of a voice file in the storage. Raises Broken: `voice_weights_damaged`, it is not what was trained."""
    try:
        with default_storage.open(name) as stored:
            content = bytes(stored.read())
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Broken(
            "voice_weights_damaged",
            "the trained weights of the voice are missing or damaged; let an earlier version speak",
            "обученные веса голоса пропали или повреждены; включите более раннюю версию",
        )
    return content


def profile_of(row: Mapping[str, Any]) -> Any:
    """The engine's profile of a kept one, with its deltas.

    Raises:
        AppError: `voice_weights_damaged`, `delta_of_another_base`.
    """
    from tts_engine.speaking.voicebank import profile_from_dict

    deltas = row.get(DELTAS)
    profile = profile_from_dict(without_deltas(row))
    if not deltas:
        return profile
    from tts_engine.synthesizer.deltas import mix_deltas

    shares = [(kept.get(name=one["name"], sha256=one["sha256"]), one["share"]) for one in deltas]
    rest = 1.0 - sum(share for _, share in shares)
    if rest > 1e-6:  # of voices that add nothing
        shares.append((profile, rest))
    return replace(
        profile,
        delta=mix_deltas([(one.delta, share) for one, share in shares]),
        conversion_delta=mix_deltas([(one.conversion_delta, share) for one, share in shares]),
    )


def without_deltas(row: Mapping[str, Any]) -> dict[str, Any]:
    """The profile itself."""
    return {name: value for name, value in row.items() if name != DELTAS}


def deltas_mixed(weighted: Sequence[tuple[Mapping[str, Any], float]]) -> list[dict[str, Any]]:
    """Of a mean of profiles with these weights."""
    total = sum(weight for _, weight in weighted)
    shares: dict[str, dict[str, Any]] = {}
    for row, weight in weighted:
        for one in row.get(DELTAS, ()):
            known = shares.setdefault(one["sha256"], {**one, "share": 0.0})
            known["share"] += one["share"] * weight / total
    return list(shares.values())
