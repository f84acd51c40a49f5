"""Voices fitted to their recordings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voices.engine.errors import engine_errors
from voices.engine.models import load_cloner
from voices.engine.profiles import Profile


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """What came of it: `better` than the measured voice or not, with the figures that tell."""

    profile: Profile
    better: bool
    steps: int
    figures: dict[str, float | bool]


def fit_voice(
    profile: Profile, contents: Sequence[bytes], on_step: Callable[[int, int, str], None]
) -> Fitted:
    """Fit a measured voice to recordings of it, about a minute of one core.

    Args:
        profile: as it was measured.
        contents: of the recordings.
        on_step: called with (done, all, stage); may raise to stop.

    Raises:
        AppError: not audio (415), too little speech and the like (422).
    """
    cloner = load_cloner()
    with engine_errors():
        from tts_engine.audio.untrusted import decode_untrusted
        from tts_engine.recording.reference import analyze_reference
        from tts_engine.speaking.voicebank import profile_from_dict, profile_to_dict

        heard = [analyze_reference(decode_untrusted(one), cloner.encoder).audio for one in contents]
        fitted = cloner.fit(profile_from_dict(profile), heard, on_step)
        return Fitted(
            profile=profile_to_dict(fitted.profile),
            better=fitted.better,
            steps=fitted.steps,
            figures=fitted.figures(),
        )
