"""What a person confirms before a voice is made, by version; a text that was ever shown stays as it was."""

CURRENT = "2"

TEXTS: dict[str, dict[str, str]] = {
    "1": {
        "en": (
            "I have the right to use this voice: it is mine, or its owner has allowed me to clone it."
        ),
        "ru": (
            "У меня есть право на этот голос: он мой, или его обладатель разрешил мне его клонировать."
        ),
    },
    "2": {
        "en": (
            "This is my voice, or its owner has allowed me to copy it and to make speech with the copy. "
            "I will not pass that speech off as the person's own words. A record of this confirmation is "
            "kept: who confirmed which text, when and from where. When the voice is deleted, its "
            "recordings and all that was said in it are deleted too; the record stays, without any audio "
            "and without the voice."
        ),
        "ru": (
            "Это мой голос, или его обладатель разрешил мне сделать копию голоса и озвучивать ею тексты. "
            "Я не буду выдавать эту речь за собственные слова человека. Запись об этом подтверждении "
            "хранится: кто, когда, откуда и какой текст подтвердил. Когда голос удаляют, удаляются его "
            "записи и всё, что им озвучено; запись о подтверждении остаётся, без звука и без самого голоса."
        ),
    },
}


def consent_text(language: str | None) -> str:
    """The current text in Russian or, for any other language, in English."""
    return TEXTS[CURRENT]["ru" if language == "ru" else "en"]
