"""Phonemes and a voice to mel, in batches; the same request and seed give the same mel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.errors import CheckpointError
from tts_engine.stages import timed
from tts_engine.synthesizer.config import LANGUAGES, SynthesizerConfig
from tts_engine.synthesizer.contrast import restore_contrast
from tts_engine.synthesizer.decoder import dropout_masks
from tts_engine.synthesizer.durations import frames_from_prediction
from tts_engine.synthesizer.intonation import shape_question
from tts_engine.synthesizer.merged import MergedNetworks
from tts_engine.synthesizer.model import PITCH_SPREADS, AcousticModel, Voice
from tts_engine.synthesizer.pacing import hold, spoken_speed, stretch_mel
from tts_engine.synthesizer.profile import facts_to_f0, facts_vector, fitted_shift
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.symbols import SYMBOLS, symbols_to_ids
from tts_engine.weights import fingerprint

BATCH_REQUESTS = 16  # rendered together; more gains little and costs memory


@dataclass(frozen=True, eq=False)
class SynthesisResult:
    """Log mel (n_mels, frames) float32, and per token frames (L,) and F0 (L,), 0 = unvoiced."""

    mel: NDArray[np.float32]
    durations_frames: NDArray[np.int64]
    f0_hz: NDArray[np.float32]


@dataclass
class _Prepared:
    """A batch between its two halves: tokens are encoded and timed, not yet rendered."""

    memory: Tensor
    voice: Voice
    durations: list[NDArray[np.int64]]  # as rendered
    wanted: list[NDArray[np.int64]]  # as asked for, see `pacing`
    f0_hz: list[NDArray[np.float32]]


class Synthesizer:
    """Owns its network and device; safe to build several."""

    def __init__(self, network: AcousticModel, device: torch.device, fingerprint: str = "") -> None:
        """`fingerprint`: of the weights, see `weights.fingerprint`; deltas of other ones are refused."""
        self.network = network.eval().to(device)
        self.config = network.config
        self.device = device
        self.merged = MergedNetworks(self.network, fingerprint)

    @classmethod
    def load(cls, folder: Path, *, device: torch.device) -> "Synthesizer":
        """Read weights written by `train synthesizer`.

        Raises:
            CheckpointError: missing, damaged, or of another phoneme inventory.
        """
        config, weights = load_checkpoint(folder, SynthesizerConfig)
        if config.symbols != SYMBOLS:
            raise CheckpointError(
                "weights_mismatch",
                f"weights in {folder} were trained on another phoneme inventory; train again",
                f"веса в {folder} обучены на другом наборе фонем; обучите заново",
            )
        network = AcousticModel(config)
        load_into(network, weights, folder)
        return cls(network, device, fingerprint(folder))

    @timed("synthesizer")
    @torch.inference_mode()
    def synthesize(self, requests: Sequence[SynthesisRequest]) -> list[SynthesisResult]:
        """Speak all requests, in their order; a request's result does not depend on its neighbours.

        Voices with one delta, and those with none, share batches.

        Raises:
            VoiceError: `delta_of_another_base`, `delta_damaged`, before anything is spoken.
        """
        results: dict[int, SynthesisResult] = {}
        deltas = {_delta_key(request): request.voice.delta for request in requests}
        for delta in deltas.values():
            self.merged.check(delta)
        for key, delta in deltas.items():
            own = [i for i, request in enumerate(requests) if _delta_key(request) == key]
            order = sorted(own, key=lambda i: -len(requests[i].tokens))
            network = self.merged.get(delta)
            for first in range(0, len(order), BATCH_REQUESTS):
                chosen = order[first : first + BATCH_REQUESTS]
                batch = [requests[i] for i in chosen]
                rendered = self._render(batch, self._prepare(batch, network), network)
                results.update(zip(chosen, rendered, strict=True))
        return [results[i] for i in range(len(requests))]

    @torch.no_grad()
    def courses(
        self, requests: Sequence[SynthesisRequest]
    ) -> list[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Frames and F0 of each request's tokens, (L,) both, as they would be rendered without deltas."""
        prepared = self._prepare(list(requests), self.network)
        return list(zip(prepared.durations, prepared.f0_hz, strict=True))

    def _prepare(self, requests: list[SynthesisRequest], network: AcousticModel) -> _Prepared:
        device = self.device
        tokens = pad_sequence(
            [torch.tensor(symbols_to_ids(request.tokens)) for request in requests], batch_first=True
        ).to(device)  # (B, L)
        lengths = torch.tensor([len(request.tokens) for request in requests], device=device)
        pairs = [facts_vector(r.voice, self.config.spectrum_size) for r in requests]
        told = [
            torch.from_numpy(np.stack(values)).to(device)
            for values in ([r.voice.embedding for r in requests], *zip(*pairs, strict=True))
        ]
        voice = network.conditioner(*told)
        memory = network.encode(tokens, lengths, voice)  # (B, L, C)
        russian = torch.full_like(lengths, LANGUAGES.index("ru"))
        prosody = network.predict(memory, lengths, voice, russian)
        frames = prosody.log_durations.clamp(max=6).expm1().cpu().numpy()  # (B, L)
        pitch, voiced = prosody.pitch.cpu().numpy(), prosody.voiced.cpu().numpy()
        facts = voice.facts.cpu().numpy()
        durations, wanted, f0_hz = [], [], []
        for row, request in enumerate(requests):
            size = len(request.tokens)
            usual = self._durations(request, frames[row, :size], request.speed)
            wanted.append(hold(usual, () if request.durations_frames is not None else request.held))
            pace = spoken_speed(request.speed)
            durations.append(self._durations(request, frames[row, :size], pace))
            f0_hz.append(_token_f0(request, pitch[row, :size], voiced[row, :size], facts[row]))
        shifts = np.stack([fitted_shift(r.voice, self.config.spectrum_size) for r in requests])
        if shifts.any():  # it sounds otherwise, and keeps its prosody
            voice = network.conditioner(*told, torch.from_numpy(shifts).to(device))
            memory = network.encode(tokens, lengths, voice)
        return _Prepared(memory, voice, durations, wanted, f0_hz)

    def _render(
        self, requests: list[SynthesisRequest], prepared: _Prepared, network: AcousticModel
    ) -> Iterator[SynthesisResult]:
        durations = pad_sequence(
            [torch.from_numpy(d).float() for d in prepared.durations], batch_first=True
        ).to(self.device)  # (B, L)
        f0_hz = pad_sequence([torch.from_numpy(f) for f in prepared.f0_hz], batch_first=True)
        steps = network.step_lengths(durations).tolist()
        masks = pad_sequence(
            [
                dropout_masks(self.config, count, variation=request.variation, seed=request.seed)
                for request, count in zip(requests, steps, strict=True)
            ],
            batch_first=True,
        ).to(self.device)  # (B, S, 2, prenet_size)
        mels = network.render(
            prepared.memory, durations, f0_hz.to(self.device), prepared.voice, masks
        )
        mel = network.to_mel(mels.after).cpu().numpy()  # (B, n_mels, F)
        for row, frames in enumerate(prepared.durations):
            spoken = np.ascontiguousarray(mel[row, :, : int(frames.sum())])
            yield SynthesisResult(
                mel=stretch_mel(
                    restore_contrast(spoken, self.config.band_spread), frames, prepared.wanted[row]
                ),
                durations_frames=prepared.wanted[row],
                f0_hz=prepared.f0_hz[row],
            )

    def _durations(
        self, request: SynthesisRequest, predicted: NDArray[np.float32], speed: float
    ) -> NDArray[np.int64]:
        if request.durations_frames is not None:
            return np.asarray(request.durations_frames, dtype=np.int64)
        return frames_from_prediction(
            request.tokens,
            predicted,
            speed=speed,
            frames_per_second=self.config.mel.frames_per_second,
        )


def _delta_key(request: SynthesisRequest) -> str:
    return "" if request.voice.delta is None else request.voice.delta.key


def _token_f0(
    request: SynthesisRequest,
    pitch: NDArray[np.float32],
    voiced: NDArray[np.float32],
    facts: NDArray[np.float32],
) -> NDArray[np.float32]:
    """F0 per token (L,) from predicted spreads and voicing logits, or the request's own."""
    if request.f0_hz is not None:
        f0_hz = np.asarray(request.f0_hz, dtype=np.float32)
    else:
        median, spread = facts_to_f0(facts)
        semitones = np.clip(pitch, -PITCH_SPREADS, PITCH_SPREADS) * spread
        if request.contour is not None:
            semitones = shape_question(semitones, request.contour, spread)
        sounding = voiced > 0
        if request.contour is not None:
            sounding[request.contour.token] = True
        f0_hz = np.where(sounding, median * 2.0 ** (semitones / 12), 0.0)
    return np.asarray(f0_hz * 2.0 ** (request.pitch_semitones / 12), dtype=np.float32)
