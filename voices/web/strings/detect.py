"""Words of the page that tells whether a file was made here, and whether a machine speaks in it."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "title": ("Проверка записи — Голос", "Check a recording — Golos"),
    "heading": (
        "Эта речь создана здесь? Говорит машина?",
        "Was this speech made here? Does a machine speak?",
    ),
    "about": (
        (
            "Мы ищем неслышный водяной знак, который несёт всё, что говорит сервис, и отдельно судим на слух, "
            "человек говорит или машина. Проверенные файлы не сохраняются."
        ),
        (
            "We look for the inaudible watermark that everything the service says carries, and apart from it judge "
            "by ear whether a person or a machine speaks. Checked files are not kept."
        ),
    ),
    "drop": ("Перетащите файл сюда или", "Drop a file here or"),
    "choose_file": ("выберите файл", "choose a file"),
    "drop_hint": (
        "mp3, wav, m4a, ogg, flac, amr, webm: от 5 секунд речи до 10 минут.",
        "mp3, wav, m4a, ogg, flac, amr, webm: 5 seconds of speech to 10 minutes.",
    ),
    "limits_title": ("Чего мы не можем знать", "What we cannot know"),
    "limits_mark": (
        (
            "Знак есть только у файлов этой установки сервиса. Короче 5 секунд он может не прочесться, тогда мы так и "
            "скажем. Очень сильное сжатие, смена темпа или высоты могут его стереть, поэтому «не найден» не "
            "доказывает, что говорит человек."
        ),
        (
            "Only files of this installation carry the mark. Below 5 seconds it may be unreadable; then we say so. "
            "Very strong compression and changes of pace or pitch can erase it, so “not found” does not prove that a "
            "person is speaking."
        ),
    ),
    "limits_ear": (
        (
            "Суждение на слух не знает водяного знака и бывает ошибочным: новый синтезатор может звучать как человек, "
            "человек в плохой записи — как машина. Кто говорит, правда ли сказанное и не смонтирована ли запись из "
            "настоящей речи, оно не скажет. Никому не вменяйте подделку по нему одному."
        ),
        (
            "The judgement by ear knows nothing of the mark and can be wrong: a new synthesizer may sound like a "
            "person, a person in a bad recording like a machine. It cannot say who speaks, whether it is true, or "
            "whether real speech was cut together. Accuse nobody by it alone."
        ),
    ),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "uploading": ("Отправляем «{name}»: {percent}", "Sending “{name}”: {percent}"),
    "checking": ("Слушаем «{name}»…", "Listening to “{name}”…"),
    "markTitle": ("Водяной знак", "The watermark"),
    "made": ("Создано здесь", "Made here"),
    "notMade": ("Знак не найден", "No mark found"),
    "tooShort": ("Слишком коротко, чтобы судить", "Too short to judge"),
    "facts": (
        "«{name}», {length}. Сходство {score}, порог {threshold}.",
        "“{name}”, {length}. Match {score}, threshold {threshold}.",
    ),
    "earTitle": ("На слух", "By ear"),
    "person": ("Похоже, человек", "Sounds like a person"),
    "machine": ("Похоже, машина", "Sounds like a machine"),
    "unknown": ("Сказать нельзя", "Cannot tell"),
    "share": (
        (
            "Из записей, звучащих так, машина говорит примерно в {share} (если людей и машин поровну). "
            "«Машина» — от {machine}, «человек» — ниже {person}."
        ),
        (
            "Of recordings that sound so, a machine speaks in about {share} (were there as many of people). "
            "“Machine” from {machine}, “person” below {person}."
        ),
    ),
    "curveTitle": (
        "По секундам: чем выше, тем больше похоже на машину",
        "Second by second: the higher, the more like a machine",
    ),
    "curveWords": (
        "Похоже на машину {machine} с, на человека {person} с, неясно {unknown} с, тихо {quiet} с.",
        "Like a machine for {machine} s, like a person for {person} s, unclear for {unknown} s, quiet for {quiet} s.",
    ),
    "tooLarge": ("Файл больше {megabytes} МБ.", "The file is larger than {megabytes} MB."),
}
