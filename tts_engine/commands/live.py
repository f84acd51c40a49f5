"""Speak in another voice: microphone to loudspeakers (or a virtual cable), or a file as if it were spoken.

Stop by Ctrl-C. What the delay is made of is told at the end, and every ten seconds.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tts_engine.commands.inputs import given_voice, recording
from tts_engine.errors import RequestError
from tts_engine.live.settings import LIMITS, LiveSettings
from tts_engine.speaking.saving import save_audio, saved_format
from tts_engine.speaking.voice_mix import bank_name, bank_profile

if TYPE_CHECKING:
    from tts_engine.conversion.converting import Target, VoiceConverter
    from tts_engine.live.stream import LiveReport, LiveStream
    from tts_engine.types import Waveform

DEVICES = ("auto", "cpu", "cuda")
AUTO = "auto"
RATES_HZ = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
PIECE_SECONDS = 0.02  # in which a file is heard
TOLD_SECONDS = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `live`."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--voice", default="anna", help="slug or name of a bank voice, or a mix")
    who.add_argument("--reference", type=Path, help="recording of the voice to be put on")
    who.add_argument("--voice-file", type=Path, help="of `train voice`, or of `embed --fit`")
    usual = LiveSettings()
    for field in fields(LiveSettings):
        low, high = LIMITS[field.name]
        value = getattr(usual, field.name)
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=_semitones if field.name == "transpose" else float,
            default=value,
            metavar="auto|N" if field.name == "transpose" else "N",
            help=f"{low:g} to {high:g}, default {AUTO if value is None else f'{value:g}'}",
        )
    parser.add_argument("--rate-hz", type=int, choices=RATES_HZ, default=48_000)
    parser.add_argument("--sound-device", help="number or a part of the name, of sounddevice")
    parser.add_argument("--seconds", type=float, help="stop by itself after so long")
    parser.add_argument("--input", type=Path, help="a file in place of the microphone")
    parser.add_argument("--output", type=Path, help="where what is said of the file is written")
    parser.add_argument(
        "--paced", action="store_true", help="hear the file no faster than it is spoken"
    )
    parser.add_argument("--record", type=Path, metavar="DIR", help="keep heard.flac and said.flac")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="that computes")


def run(arguments: argparse.Namespace) -> None:
    """Convert until there is no more to hear."""
    settings = LiveSettings(
        **{field.name: getattr(arguments, field.name) for field in fields(LiveSettings)}
    )
    settings.check()
    if (arguments.input is None) != (arguments.output is None):
        raise RequestError(
            "input_without_output",
            "--input and --output belong together: a file is heard and another written",
            "--input и --output идут вместе: один файл слушается, другой пишется",
        )
    if arguments.output is not None:
        saved_format(arguments.output)
    from tts_engine.live.device import converse, open_device

    device = None if arguments.input is not None else open_device(arguments.sound_device)
    name, stream = _stream(arguments, settings)
    talk = _Talk(stream)
    if device is None:
        _hear_file(arguments, talk)
    else:
        sys.stderr.write("speak; Ctrl-C ends / говорите; Ctrl-C — конец\n")
        own = converse(device, stream, arguments.seconds, talk.heard)
        sys.stdout.write(f"sound devices: {1000 * own:.0f} ms, on top of the delay\n")
    sys.stdout.write(told(stream.report()) + "\n")
    if arguments.output is not None:
        talk.save(arguments.output, said=True, voice=name)
    if arguments.record is not None:
        arguments.record.mkdir(parents=True, exist_ok=True)
        talk.save(arguments.record / "heard.flac", said=False, voice=name)
        talk.save(arguments.record / "said.flac", said=True, voice=name)


def told(report: LiveReport) -> str:
    """One line: the delay and its parts."""

    def ms(seconds: float) -> str:
        return f"{1000 * seconds:.0f}"

    moved = "not settled" if report.semitones is None else f"{report.semitones:+g}"
    return (
        f"delay {ms(report.delay_seconds)} ms = block {ms(report.block_seconds)} + ahead {ms(report.ahead_seconds)}"
        f" + resampling {ms(report.resampling_seconds)} + computing {ms(report.computing_seconds)}"
        f" (p95 {ms(report.computing_p95_seconds)}); blocks: {report.said} said, {report.silent} silent,"
        f" {report.dropped} dropped; semitones {moved}"
    )


class _Talk:
    """What was heard and said so far, and how it goes."""

    def __init__(self, stream: LiveStream) -> None:
        self.stream = stream
        self._heard: list[Waveform] = []
        self._said: list[Waveform] = []
        self._tell_at = time.monotonic() + TOLD_SECONDS

    def heard(self, came: Waveform, said: Waveform) -> None:
        self._heard.append(came)
        self._said.append(said)
        if time.monotonic() >= self._tell_at:
            self._tell_at += TOLD_SECONDS
            sys.stderr.write(told(self.stream.report()) + "\n")

    def save(self, path: Path, *, said: bool, voice: str) -> None:
        from tts_engine.audio.io import encode_audio
        from tts_engine.audio.tags import AudioTags
        from tts_engine.speaking.saving import write_whole
        from tts_engine.types import Audio

        whole = np.concatenate(self._said if said else self._heard)
        audio = Audio(whole, self.stream.rate_hz)
        if said:
            save_audio(path, audio, AudioTags(title="live", voice=voice))
        else:  # a person's own voice, which is not generated
            write_whole(path, encode_audio(audio, saved_format(path)))


def _hear_file(arguments: argparse.Namespace, talk: _Talk) -> None:
    """Piece by piece, with silence after it, so that its end is said too."""
    from tts_engine.audio.resample import resample

    stream, rate = talk.stream, talk.stream.rate_hz
    audio = recording(arguments.input)
    sound = resample(audio.waveform, audio.sample_rate_hz, rate)
    if arguments.seconds is not None:
        sound = sound[: round(arguments.seconds * rate)]
    conversion = stream.conversion
    rest = (conversion.block_samples + conversion.ahead_samples) / conversion.rate_hz
    sound = np.pad(sound, (0, round(rest * rate)))
    size, started = round(PIECE_SECONDS * rate), time.monotonic()
    heard = 0
    while heard < sound.size:
        last = min(heard + size, sound.size)
        if arguments.paced:  # all that would have been spoken by now is there at once
            time.sleep(max(0.0, started + last / rate - time.monotonic()))
            last = max(last, min(sound.size, int((time.monotonic() - started) * rate)))
        talk.heard(sound[heard:last], stream.push(sound[heard:last]))
        heard = last


def _stream(arguments: argparse.Namespace, settings: LiveSettings) -> tuple[str, LiveStream]:
    """The voice's name, and the conversion to it."""
    from tts_engine.live.converting import LiveConversion
    from tts_engine.live.stream import LiveStream
    from tts_engine.watermark.key import installation_key

    models, name, target = _models(arguments, settings)
    conversion = LiveConversion(models, target, settings, installation_key())
    return name, LiveStream(conversion, arguments.rate_hz)


def _models(
    arguments: argparse.Namespace, settings: LiveSettings
) -> tuple[VoiceConverter, str, Target]:
    """What converts, the voice's name and the voice; what speaks is loaded only where it is needed for that."""
    from tts_engine.conversion.converting import Target, VoiceConverter
    from tts_engine.covers.models import CoverModels
    from tts_engine.covers.settings import CoverVoice

    if arguments.reference is not None:
        models = CoverModels.load(device=arguments.device)
        name = arguments.reference.stem
        profile, report = models.cloner.profile(recording(arguments.reference))
        recordings = [report.audio]
    else:
        file, recordings = arguments.voice_file, []
        name = bank_name(arguments.voice) if file is None else file.stem
        profile = (
            bank_profile(arguments.voice) if file is None else given_voice(file, converts=True)
        )
        if settings.index_rate == 0:
            converter = VoiceConverter.load(device=arguments.device)
            return converter, name, Target(profile=profile)
        models = CoverModels.load(device=arguments.device)
    if settings.index_rate == 0:
        return models.converter, name, Target(profile=profile)
    voice = CoverVoice(name=name, profile=profile, recordings=tuple(recordings))
    return models.converter, name, models.target(voice)


def _semitones(text: str) -> float | None:
    return None if text == AUTO else float(text)
