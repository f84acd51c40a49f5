"""Words of the page that tells whether a file was made here."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "title": ("Проверка записи — Голос", "Check a recording — Golos"),
    "heading": ("Эта речь создана здесь?", "Was this speech made here?"),
    "about": (
        (
            "Всё, что говорит сервис, несёт неслышный водяной знак. Он переживает mp3 и голосовые "
            "сообщения, обрезку и смену громкости. Проверенные файлы не сохраняются."
        ),
        (
            "Everything the service says carries an inaudible watermark. It survives mp3 and voice "
            "messages, trimming and changes of volume. Checked files are not kept."
        ),
    ),
    "drop": ("Перетащите файл сюда или", "Drop a file here or"),
    "choose_file": ("выберите файл", "choose a file"),
    "drop_hint": (
        "mp3, wav, m4a, ogg, flac, amr, webm: от 5 секунд речи до 10 минут.",
        "mp3, wav, m4a, ogg, flac, amr, webm: 5 seconds of speech to 10 minutes.",
    ),
    "limits": (
        (
            "Короче 5 секунд знак может не прочесться, тогда мы так и скажем. Он есть только у файлов этой "
            "установки сервиса. Очень сильное сжатие, смена темпа "
            "или высоты могут его стереть, поэтому «не найден» не доказывает, что говорит человек."
        ),
        (
            "Below 5 seconds the mark may be unreadable; then we say so. Only files of this installation "
            "carry it. Very strong compression and changes of "
            "pace or pitch can erase it, so “not found” does not prove that a person is speaking."
        ),
    ),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "uploading": ("Отправляем «{name}»: {percent}", "Sending “{name}”: {percent}"),
    "checking": ("Слушаем «{name}»…", "Listening to “{name}”…"),
    "made": ("Создано здесь", "Made here"),
    "notMade": ("Знак не найден", "No mark found"),
    "tooShort": ("Слишком коротко, чтобы судить", "Too short to judge"),
    "facts": (
        "«{name}», {length}. Сходство {score}, порог {threshold}.",
        "“{name}”, {length}. Match {score}, threshold {threshold}.",
    ),
    "tooLarge": ("Файл больше {megabytes} МБ.", "The file is larger than {megabytes} MB."),
}
