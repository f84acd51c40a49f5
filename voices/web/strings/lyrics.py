"""Words of the page that finds the words of songs."""

from voices.web.strings.frame import JOB_LIST

TEMPLATE: dict[str, tuple[str, str]] = {
    "heading": ("Слова песни", "Words of a song"),
    "lyrics_lead": (
        "Песня и её текст на входе, время каждого слова на выходе: для караоке, субтитров и разбора.",
        "A song and its lyrics in, the time of every word out: for karaoke, subtitles and study.",
    ),
    "to_singing": ("Спеть ноты голосом", "Sing a score in a voice"),
    "drop": ("Перетащите песню сюда или", "Drop a song here or"),
    "choose_file": ("выберите файл", "choose a file"),
    "drop_hint": (
        "mp3, wav, flac, m4a, ogg, webm, до часа; текст можно файлом .txt.",
        "mp3, wav, flac, m4a, ogg, webm, up to an hour; the lyrics may be a .txt.",
    ),
    "lyrics": ("Слова, строка за строкой", "The words, line by line"),
    "voice_only": ("В записи только голос, без музыки", "The recording has a voice only, no music"),
    "find": ("Найти слова", "Find the words"),
    "editor": ("Слова по времени", "Words in time"),
    "lines": ("Строки", "Lines"),
    "strip_hint": (
        "Границу слова можно перетащить или сдвинуть стрелками на 0,02 с.",
        "Drag a word's boundary, or move it by 0.02 s with the arrow keys.",
    ),
    "word": ("Слово", "Word"),
    "word_start": ("Начало, с", "Begins, s"),
    "word_end": ("Конец, с", "Ends, s"),
    "hear_word": ("Слушать слово", "Hear the word"),
    "save": ("Сохранить времена", "Save the times"),
    "downloads": ("Скачать", "Download"),
    "made": ("Ваши песни со словами", "Your songs with words"),
    "empty": (
        "Здесь появятся песни, в которых найдены слова.",
        "Songs whose words were found appear here.",
    ),
}

SCRIPT: dict[str, tuple[str, str]] = {
    **JOB_LIST,
    "needSong": ("Выберите песню.", "Choose a song."),
    "needWords": ("Напишите слова песни.", "Write the words of the song."),
    "forget": ("Убрать: {name}", "Take out: {name}"),
    "uploading": ("Отправляем «{name}»: {percent}", "Sending “{name}”: {percent}"),
    "sent": ("Отправлено.", "Sent."),
    "saved": ("Сохранено, файлы обновлены.", "Saved, the files are written anew."),
    "unsaved": ("Есть несохранённые правки.", "There are unsaved changes."),
    "notSung": ("Не поётся: {text}", "Not sung: {text}"),
    "words": ("слов: {count}", "words: {count}"),
    "wordSpoken": ("{text}, {start}–{end} с", "{text}, {start}–{end} s"),
    "edgeStart": ("Начало слова «{text}»", "Beginning of “{text}”"),
    "edgeEnd": ("Конец слова «{text}»", "End of “{text}”"),
    "strip": ("Слова на оси времени", "Words along time"),
    "seconds": ("{value} с", "{value} s"),
    "stage_separation": ("отделяем голос от музыки", "taking the voice off the music"),
    "stage_listening": ("слушаем слова", "listening for the words"),
    "open": ("Открыть", "Open"),
    "openNamed": ("Открыть: {name}", "Open: {name}"),
    "removeSong": ("Удалить «{name}» и все её файлы?", "Delete “{name}” and all its files?"),
}
