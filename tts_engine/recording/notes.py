"""What is wrong with a recording and what to do about it, in two languages."""

from dataclasses import dataclass

ADVISED_SECONDS = 6.0
CLIPPED_SHARE = 0.001
NOISY_DB = 15.0
RINGING_SECONDS = 0.6
MUSIC_SHARE = 0.10


@dataclass(frozen=True)
class Note:
    """Advice to the person who recorded, in English and Russian."""

    en: str
    ru: str

    def __str__(self) -> str:
        return self.en


def recording_notes(
    *,
    speech_seconds: float,
    clipped_share: float,
    snr_db: float,
    decay_seconds: float,
    music_share: float,
    main_speaker_share: float,
    denoised: bool,
) -> tuple[Note, ...]:
    """Advice, the most important first."""
    notes = []
    if main_speaker_share < 1:
        share = f"{100 * main_speaker_share:.0f}"
        notes.append(
            Note(
                f"somebody else speaks too; the voice heard most ({share} % of the speech) was used: "
                "if that is the wrong one, upload a recording of one person",
                f"говорит кто-то ещё; взят голос, которого больше ({share} % речи): "
                "если это не тот, загрузите запись одного человека",
            )
        )
    if speech_seconds < ADVISED_SECONDS:
        notes.append(
            Note(
                f"only {speech_seconds:.1f} s of speech; 10 s or more sound closer to the voice",
                f"всего {_decimal(speech_seconds)} с речи; от 10 с голос получается ближе",
            )
        )
    if clipped_share > CLIPPED_SHARE:
        notes.append(
            Note(
                "the recording is overdriven; speak further from the microphone",
                "запись перегружена; говорите дальше от микрофона",
            )
        )
    if music_share > MUSIC_SHARE:
        notes.append(
            Note(
                "music or singing is heard, the clone is built from speech; speak without music",
                "слышна музыка или пение, а голос берётся из речи; говорите без музыки",
            )
        )
    if decay_seconds > RINGING_SECONDS:
        notes.append(
            Note(
                f"the room rings ({decay_seconds:.1f} s); speak closer to the microphone or in a room "
                "with curtains and furniture",
                f"в комнате гулко ({_decimal(decay_seconds)} с); говорите ближе к микрофону "
                "или там, где шторы и мебель",
            )
        )
    return (*notes, *_noise_notes(snr_db, denoised))


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def _noise_notes(snr_db: float, denoised: bool) -> list[Note]:
    if snr_db < NOISY_DB:
        cleaned_en = "the noise was reduced, but " if denoised else ""
        cleaned_ru = "шум приглушён, но " if denoised else ""
        return [
            Note(
                f"noisy: speech is {snr_db:.0f} dB above the background; {cleaned_en}"
                "a quieter place is better",
                f"шумно: речь громче фона на {snr_db:.0f} дБ; {cleaned_ru}лучше записать в тихом месте",
            )
        ]
    if denoised:
        return [
            Note(
                f"some noise ({snr_db:.0f} dB below the speech) was reduced",
                f"небольшой шум (на {snr_db:.0f} дБ тише речи) приглушён",
            )
        ]
    return []
