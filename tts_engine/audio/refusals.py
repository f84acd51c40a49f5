"""Every reason to refuse a sound file, each with its own name, in English and in Russian."""

from tts_engine.errors import AudioError

READABLE = ("wav", "flac", "mp3", "ogg", "opus", "m4a", "mp4", "aac", "amr", "3gp", "webm")
MAX_CHANNELS = 2
MIN_RATE_HZ, MAX_RATE_HZ = 8_000, 192_000


def file_missing(name: str) -> AudioError:
    return AudioError(
        "file_missing", f"no sound file {name}", f"нет звукового файла {name}", file=name
    )


def empty_file() -> AudioError:
    return AudioError(
        "empty_file",
        "the sound file is empty (0 bytes)",
        "звуковой файл пуст (0 байт)",
    )


def not_audio() -> AudioError:
    listed = ", ".join(READABLE)
    return AudioError(
        "not_audio",
        f"this is not a sound file we can read, whatever its name; readable are {listed}",
        f"это не звуковой файл, который мы читаем, как бы он ни назывался; читаются {listed}",
        readable=list(READABLE),
    )


def unsupported_codec(codec: str) -> AudioError:
    return AudioError(
        "unsupported_codec",
        f"the sound is coded as {codec}, which we do not read; save it as mp3, wav or m4a",
        f"звук закодирован как {codec}, этого мы не читаем; сохраните его как mp3, wav или m4a",
        codec=codec,
    )


def protected() -> AudioError:
    return AudioError(
        "protected_audio",
        "the file is protected against copying (DRM), only its shop's program plays it; give one without protection",
        "файл защищён от копирования (DRM), его играет только программа магазина; нужна запись без защиты",
    )


def damaged(reason: str) -> AudioError:
    return AudioError(
        "damaged_audio",
        f"the sound file is damaged and cannot be decoded: {reason}",
        f"звуковой файл повреждён, раскодировать его нельзя: {reason}",
        reason=reason,
    )


def too_costly(reason: str) -> AudioError:
    return AudioError(
        "audio_too_costly",
        f"decoding the sound file takes more {reason} than a recording may; save it as mp3 or wav anew",
        "раскодировать этот файл слишком дорого (время или память); сохраните его заново как mp3 или wav",
        reason=reason,
    )


def truncated() -> AudioError:
    return AudioError(
        "truncated_audio",
        "the sound file is cut short: it promises more than it holds; upload it again in full",
        "звуковой файл обрывается: обещано больше, чем в нём есть; загрузите его целиком",
    )


def no_sound() -> AudioError:
    return AudioError(
        "no_audio_stream",
        "the file holds no sound",
        "в файле нет звука",
    )


def too_long(max_seconds: float, seconds: float | None = None) -> AudioError:
    known = "" if seconds is None else f"{seconds:.0f} s, "
    known_ru = "" if seconds is None else f"{seconds:.0f} с, "
    return AudioError(
        "audio_too_long",
        f"the recording is too long ({known}limit {max_seconds:.0f} s); cut out a part of it",
        f"запись слишком длинная ({known_ru}предел {max_seconds:.0f} с); вырежьте из неё часть",
        seconds=seconds,
        max_seconds=max_seconds,
    )


def too_many_channels(channels: int) -> AudioError:
    return AudioError(
        "too_many_channels",
        f"the recording has {channels} channels; at most {MAX_CHANNELS} (stereo) are accepted",
        f"в записи {channels} каналов; принимается не больше {MAX_CHANNELS} (стерео)",
        channels=channels,
        max_channels=MAX_CHANNELS,
    )


def unsupported_sample_rate(rate_hz: int) -> AudioError:
    return AudioError(
        "unsupported_sample_rate",
        f"sample rate {rate_hz} Hz is outside {MIN_RATE_HZ}-{MAX_RATE_HZ} Hz",
        f"частота дискретизации {rate_hz} Гц вне пределов {MIN_RATE_HZ}-{MAX_RATE_HZ} Гц",
        sample_rate_hz=rate_hz,
        min_hz=MIN_RATE_HZ,
        max_hz=MAX_RATE_HZ,
    )


def not_finite() -> AudioError:
    return AudioError(
        "not_finite_samples",
        "the recording holds samples that are not numbers (NaN or infinity)",
        "в записи есть отсчёты, которые не являются числами (NaN или бесконечность)",
    )


def check_header(*, channels: int, rate_hz: int, seconds: float | None, max_seconds: float) -> None:
    """Refuse by the header alone, before anything is decoded.

    Raises:
        AudioError: `too_many_channels`, `unsupported_sample_rate`, `audio_too_long`.
    """
    if channels > MAX_CHANNELS:
        raise too_many_channels(channels)
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise unsupported_sample_rate(rate_hz)
    if seconds is not None and seconds > max_seconds:
        raise too_long(max_seconds, seconds)
