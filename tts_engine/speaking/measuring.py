"""What synthesis needs to know of a voice, measured from a recording of it."""

from tts_engine.audio.resample import resample
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.f0 import f0_profile, track_f0
from tts_engine.recognizer.inference import Recognizer
from tts_engine.recording.voice_check import hear, require_voice
from tts_engine.synthesizer.profile import voice_spectrum
from tts_engine.types import Audio, VoiceProfile


def measure_voice(
    audio: Audio, speech_seconds: float, *, encoder: SpeakerEncoder, recognizer: Recognizer
) -> VoiceProfile:
    """Profile of a recording.

    Args:
        audio: as `recording.reference` has cleaned it.
        speech_seconds: how much of it is speech.
        encoder: tells the voice.
        recognizer: tells the pace.

    Raises:
        AudioError: music, noise or a song.
    """
    require_voice(hear(audio), speech_seconds)
    rate = recognizer.config.mel.sample_rate_hz
    waveform = resample(audio.waveform, audio.sample_rate_hz, rate)
    frames = waveform.size // recognizer.config.mel.hop_samples
    median_hz, spread = f0_profile(track_f0(Audio(waveform, rate), frames))
    mel = recognizer.mel(audio)
    heard = recognizer.phonemes(mel)
    return VoiceProfile(
        embedding=encoder.embed(audio),
        f0_median_hz=median_hz,
        f0_spread_semitones=spread,
        phonemes_per_second=round(len(heard) / max(speech_seconds, 0.1), 2),
        spectrum=voice_spectrum(mel),
    )
