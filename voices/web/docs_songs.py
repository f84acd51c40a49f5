"""Words of the page that describes the API: scores, songs and the words of songs."""

# what each call does, in Russian; the schema has it in English
SONG_CALLS: dict[str, str] = {
    "scores_list": "Песни, которые поставляются вместе с сервисом, нотами.",
    "scores_read": "Прочесть ноты: ноты со слогами по партиям; ничего не хранится.",
    "scores_suits": "Каким голосам подходят ноты: лучшие сверху; ничего не хранится.",
    "songs_create": "Спеть ноты голосом: звук задания — готовая песня; голос, MIDI и LRC — файлы.",
    "songs_get": "Одна песня: ход, ошибка, файлы.",
    "songs_file": "Файл песни: `result` (микс), `vocals`, `accompaniment`, `midi`, `lrc`, `score`, `notes`.",
    "alignments_create": "Найти, когда в песне поётся каждое слово; времена — файлами lrc, srt, ass, textgrid, json.",
    "alignments_get": "Одна разметка: задание и строки со временем каждого слова.",
    "alignments_update": "Записать исправленные времена; все файлы создаются заново.",
    "alignments_file": "Слова со временем: `lrc`, `srt`, `ass`, `textgrid`, `json`; `source` — сама песня.",
}

# what a call takes, by the schema's English
SONG_FIELDS: dict[str, str] = {
    "MusicXML (.musicxml, .xml, .mxl) or MIDI (.mid, .kar) with lyrics, up to 30 MB.": (
        "MusicXML (.musicxml, .xml, .mxl) или MIDI (.mid, .kar) со словами, до 30 МБ."
    ),
    "Instead: the notes as JSON, as /scores/ answers them.": (
        "Вместо файла: ноты в JSON, как их отдаёт /scores/."
    ),
    "Instead: one of the shipped songs.": "Вместо файла: одна из готовых песен.",
    "Instead: id of an earlier song.": "Вместо файла: id прежней песни.",
    "That is sung, from 1 on; left out: the first with lyrics.": (
        "Какая партия поётся, с 1; если не указано — первая со словами."
    ),
    "Semitones, -24 to 24, or auto: into the range of the voice.": (
        "Полутоны, от -24 до 24, или auto — в диапазон голоса."
    ),
    "1.2 is a fifth faster; 0.25 to 4.": "1.2 — на пятую часть быстрее; от 0.25 до 4.",
    "0 none, 0.5 usual, 1 deep.": "0 — без вибрато, 0.5 — обычное, 1 — глубокое.",
    "The words as they are sung, line by line; up to 10,000.": (
        "Слова, как их поют, строка за строкой; не больше 10 000."
    ),
    "There is no music to be taken off the voice.": "Музыки нет, отделять голос не нужно.",
    "All lines with the times of their words, in order.": "Все строки со временем слов, по порядку.",
    "Id of a song of yours, or a shipped one: those that suit it best come first, with `suit`.": (
        "Ваша песня (id) или одна из готовых: голоса, которым она подходит, — сверху, с оценкой `suit`."
    ),
    "A sound that begins with the score; it goes along when the key is moved.": (
        "Запись, которая начинается вместе с нотами; при смене тональности сдвигается с ними."
    ),
    "Instead: the other parts of the score are played.": "Вместо записи: сыграть остальные партии нот.",
}
