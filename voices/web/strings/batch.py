"""Words of the Batch page."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "heading": ("Пакетом", "Batch"),
    "batch_lead": (
        "Много текстов сразу: каждая строка или субтитр станет отдельным файлом, все вместе — архивом zip.",
        "Many texts at once: each line or subtitle becomes a file, all of them one zip.",
    ),
    "source": ("Откуда тексты", "Where the texts come from"),
    "source_texts": ("Вставить", "Paste"),
    "source_file": ("Файл", "File"),
    "texts_label": ("Тексты, по одному на строке", "Texts, one a line"),
    "texts_placeholder": (
        "Добрый день!\nВаш заказ готов.\nСпасибо за ожидание.",
        "Добрый день!\nВаш заказ готов.\nСпасибо за ожидание.",
    ),
    "drop": ("Перетащите файл сюда или", "Drop a file here or"),
    "choose_file": ("выберите его", "choose one"),
    "drop_hint": (
        "txt, docx — по строкам или абзацам; srt — по субтитрам; csv — столбец text, можно voice и name.",
        "txt, docx: by lines or paragraphs; srt: by subtitles; csv: a column text, if wanted voice and name.",
    ),
    "split": ("Как делить txt и docx", "How txt and docx are parted"),
    "split_line": ("каждая строка — файл", "every line is a file"),
    "split_paragraph": ("каждый абзац — файл", "every paragraph is a file"),
    "voice": ("Голос", "Voice"),
    "speed": ("Скорость", "Speed"),
    "pitch": ("Высота", "Pitch"),
    "format": ("Формат", "Format"),
    "start": ("Озвучить всё", "Speak them all"),
    "batches": ("Пакеты", "Batches"),
    "empty": ("Здесь появятся ваши пакеты.", "Your batches will appear here."),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "texts": ("Текстов: {count} из {limit}", "Texts: {count} of {limit}"),
    "needTexts": ("Вставьте тексты, по одному на строке.", "Paste texts, one a line."),
    "needFile": ("Выберите файл.", "Choose a file."),
    "needVoice": ("Выберите голос.", "Choose a voice."),
    "tooManyTexts": ("Не больше {limit} текстов.", "At most {limit} texts."),
    "wrongFile": ("Нужен файл txt, docx, srt или csv.", "A txt, docx, srt or csv file is needed."),
    "fileTooLarge": ("Файл больше {megabytes} МБ.", "The file is larger than {megabytes} MB."),
    "sending": ("Отправляем…", "Sending…"),
    "started": ("Пакет принят.", "The batch is taken."),
    "unnamed": ("Тексты", "Texts"),
    "progress": ("Готово {done} из {total}", "Done: {done} of {total}"),
    "failedSome": ("не получилось: {count}", "failed: {count}"),
    "skippedSome": ("пропущено: {count}", "passed over: {count}"),
    "running": ("в работе", "in progress"),
    "succeeded": ("готово", "ready"),
    "partly_succeeded": ("готово не всё", "partly ready"),
    "failed": ("не получилось", "failed"),
    "cancelled": ("отменено", "cancelled"),
    "archive": ("Скачать zip", "Download zip"),
    "cancel": ("Отменить", "Cancel"),
    "items": ("Что внутри", "What is inside"),
    "itemsMore": ("…и ещё {count}", "…and {count} more"),
    "removeNamed": ("Удалить пакет {name}", "Delete the batch {name}"),
    "cancelNamed": ("Отменить пакет {name}", "Cancel the batch {name}"),
    "removeSure": (
        "Удалить пакет «{name}» и все его файлы?",
        "Delete the batch “{name}” and all its files?",
    ),
    # one|few|many|other
    "semitones": (
        "полутон|полутона|полутонов|полутона",
        "semitone|semitones|semitones|semitones",
    ),
}
