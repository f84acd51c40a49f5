"""Words of the page of the voice bank."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "title": ("Банк голосов — Голос", "Voice bank — Golos"),
    "heading": ("Банк голосов", "Voice bank"),
    "lead": (
        "Готовые голоса: послушайте образец и выберите. На карте похожие голоса лежат рядом.",
        "Voices ready to use: listen and choose. On the map similar voices lie near each other.",
    ),
    "find": ("Найти голос", "Find a voice"),
    "gender": ("Женские или мужские", "Female or male"),
    "filter_all": ("Все", "All"),
    "filter_female": ("Женские", "Female"),
    "filter_male": ("Мужские", "Male"),
    "native": ("Родной язык голоса", "Native language"),
    "native_any": ("Любой язык", "Any language"),
    "native_ru": ("Русский", "Russian"),
    "native_en": ("Английский", "English"),
    "map_heading": ("Карта голосов", "Map of voices"),
    "map_hint": (
        (
            "Нажмите на точку, чтобы услышать голос. С клавиатуры: Tab — к карте, стрелки — к соседнему "
            "голосу, Enter — слушать."
        ),
        (
            "Press a point to hear the voice. By keyboard: Tab to the map, arrows to the next voice, "
            "Enter to listen."
        ),
    ),
    "map_label": ("Карта: похожие голоса рядом", "Map: similar voices lie near each other"),
    "map_list": ("То же списком: кто на кого похож", "The same as a list: who sounds like whom"),
    "legend_female": ("женский", "female"),
    "legend_male": ("мужской", "male"),
    "legend_own": ("мой", "mine"),
    "legend": ("Обозначения", "Legend"),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "listen": ("Прослушать: {name}", "Listen: {name}"),
    "stopListening": ("Остановить: {name}", "Stop: {name}"),
    "previewFailed": ("Образец не прозвучал: {name}", "The preview did not play: {name}"),
    "group_female": ("Женские голоса", "Female voices"),
    "group_male": ("Мужские голоса", "Male voices"),
    "group_other": ("Другие голоса", "Other voices"),
    "language_ru": ("родной язык — русский", "native Russian"),
    "language_en": (
        "родной язык — английский, читает по-русски",
        "an English voice reading Russian",
    ),
    "source": ("Источник: {attribution}", "Source: {attribution}"),
    "licence": ("Лицензия: {licence}", "Licence: {licence}"),
    "use": ("Озвучить", "Speak"),
    "useNamed": ("Озвучить голосом {name}", "Speak as {name}"),
    "found": ("Голосов: {count}", "Voices: {count}"),
    "noneFound": ("Таких голосов нет.", "No such voices."),
    "own": ("мой", "mine"),
    "female": ("женский", "female"),
    "male": ("мужской", "male"),
    "pointFacts": ("{name}, {kind}. Похож: {similar}", "{name}, {kind}. Sounds like {similar}"),
    "likeness": ("{name} ({percent})", "{name} ({percent})"),
    "listFacts": ("похож на: {similar}", "sounds like {similar}"),
}
