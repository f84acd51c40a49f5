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


RIGHTS_CURRENT = "2"

# what a person confirms of a song or recording before it is put in another voice, or of a score before it is sung;
# by version likewise
RIGHTS: dict[str, dict[str, str]] = {
    "1": {
        "en": (
            "I have the right to this recording, or its owner has allowed me to change it; and the voice that it "
            "is put in is mine, or of somebody who has allowed that. I will not pass the result off as that "
            "person's own singing or words. The confirmation is kept with the result: which text, when and from "
            "where; it is removed with it."
        ),
        "ru": (
            "У меня есть право на эту запись, или её правообладатель разрешил мне её изменять; а голос, которым "
            "она зазвучит, мой или того, кто это разрешил. Я не буду выдавать результат за пение или слова этого "
            "человека. Подтверждение хранится вместе с результатом: какой текст, когда и откуда; вместе с ним и "
            "удаляется."
        ),
    },
    "2": {
        "en": (
            "I have the right to this recording or to these notes and words, or their owner has allowed me to change "
            "and perform them; and the voice that they are put in is mine, or of somebody who has allowed that. I "
            "will not pass the result off as that person's own singing or words. The confirmation is kept with the "
            "result: which text, when and from where; it is removed with it."
        ),
        "ru": (
            "У меня есть право на эту запись или на эти ноты и слова, или их правообладатель разрешил мне их "
            "изменять и исполнять; а голос, которым они зазвучат, мой или того, кто это разрешил. Я не буду выдавать "
            "результат за пение или слова этого человека. Подтверждение хранится вместе с результатом: какой текст, "
            "когда и откуда; вместе с ним и удаляется."
        ),
    },
}


def rights_text(language: str | None) -> str:
    """The current text in Russian or, for any other language, in English."""
    return RIGHTS[RIGHTS_CURRENT]["ru" if language == "ru" else "en"]
