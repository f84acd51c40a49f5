"""Numbers and spans of time as people read them, in Russian and English."""

HOUR_SECONDS, MINUTE_SECONDS = 3600, 60
_UNITS = {"ru": ("ч", "мин", "с"), "en": ("h", "min", "s")}


def number_in_words(value: int, language: str | None) -> str:
    """12000 → "12 000" in Russian, "12,000" in any other language."""
    return f"{value:,}".replace(",", "\u00a0" if language == "ru" else ",")


def time_in_words(seconds: float, language: str | None) -> str:
    """18720 → "5 ч 12 мин"; seconds only below a minute, rounded up."""
    hour, minute, second = _UNITS["ru" if language == "ru" else "en"]
    if seconds < MINUTE_SECONDS:
        return f"{max(1, -int(-seconds // 1))} {second}"
    minutes = -int(-seconds // MINUTE_SECONDS)
    hours, minutes = divmod(minutes, HOUR_SECONDS // MINUTE_SECONDS)
    parts = [(hours, hour), (minutes, minute)]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
