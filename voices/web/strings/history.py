"""Words of the History page."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "heading": ("История", "History"),
    "history_lead": (
        "Всё, что вы озвучили: найти, послушать, скачать, повторить с другим текстом или голосом.",
        "All you have made: find it, play it, download it, repeat it with another text or voice.",
    ),
    "of_batches": ("Списки и файлы показаны в разделе", "Lists and files are shown under"),
    "find": ("Найти в текстах и голосах", "Search texts and voices"),
    "filters": ("Отбор", "Filters"),
    "status": ("Состояние", "State"),
    "status_any": ("Статус", "Any state"),
    "status_succeeded": ("Готово", "Ready"),
    "status_active": ("В работе", "In progress"),
    "status_failed": ("Не получилось", "Failed"),
    "status_cancelled": ("Отменено", "Cancelled"),
    "voice": ("Голос", "Voice"),
    "voice_any": ("Все голоса", "All voices"),
    "results": ("Результаты", "Results"),
    "empty": ("Здесь появится всё, что вы озвучите.", "What you make will appear here."),
    "nothing": ("Ничего не нашлось.", "Nothing was found."),
    "clear": ("Сбросить отбор", "Clear the filters"),
    "one_batch": ("Здесь тексты одного пакета.", "These are the texts of one batch."),
    "whole_history": ("Вся история", "The whole history"),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "found": ("Найдено: {count}", "Found: {count}"),
    "repeat": ("Повторить с изменениями", "Repeat with changes"),
    "playText": ("Слушать: {text}", "Play: {text}"),
    "downloadText": ("Скачать: {text}", "Download: {text}"),
    "removeText": ("Удалить: {text}", "Delete: {text}"),
    "cancelText": ("Отменить: {text}", "Cancel: {text}"),
    "removed": ("Удалено.", "Deleted."),
    "expires": ("хранится до {date}", "kept until {date}"),
    "ofBatch": ("из пакета", "of a batch"),
    "stateQueued": ("в очереди", "queued"),
    "stateRunning": ("в работе: {done} из {total}", "in progress: {done} of {total}"),
    "stateFailed": ("не получилось", "failed"),
    "stateCancelled": ("отменено", "cancelled"),
    "faster": ("скорость {value}×", "speed {value}×"),
    "pitched": ("высота {value}", "pitch {value}"),
}
