"""Words of the Studio page."""

from voices.web.strings import recording

TEMPLATE: dict[str, tuple[str, str]] = {
    "heading": ("Студия", "Studio"),
    "studio_lead": (
        (
            "Десять минут записей вместо нескольких секунд: читайте предложения или загрузите свои записи, а студия "
            "сама их проверит, почистит и нарежет для обучения голоса."
        ),
        (
            "Ten minutes of recordings in place of seconds: read sentences or upload recordings of your own; the "
            "studio checks, cleans and cuts them to train the voice from."
        ),
    ),
    "dataset": ("Набор записей", "Dataset"),
    "new_dataset": ("Новый набор", "New dataset"),
    "dataset_title": ("Название", "Title"),
    "dataset_title_example": ("Например, «Чтение дома»", "For instance, “Reading at home”"),
    "of_voice": ("Для голоса", "For the voice"),
    "create_dataset": ("Создать набор", "Create the dataset"),
    "delete_dataset": ("Удалить набор", "Delete the dataset"),
    "no_voice": (
        "Набор собирают для своего голоса. Сначала создайте его из короткой записи:",
        "A dataset is gathered for a voice of your own. Make one of a short recording first:",
    ),
    "my_voices": ("Мои голоса", "My voices"),
    "consent_note": (
        (
            "Обучить голос можно только с устного согласия его обладателя. Собирать записи можно уже сейчас, согласие "
            "прочтите на странице"
        ),
        (
            "A voice can be trained only with its owner's spoken consent. Recordings can be gathered now; read the "
            "consent aloud on the page"
        ),
    ),
    "read": ("Читать вслух", "Read aloud"),
    "read_hint": (
        "Читайте слово в слово, спокойно, на одном и том же расстоянии от микрофона. Каждая запись проверяется сразу.",
        "Read word for word, calmly, at the same distance from the microphone. Each recording is checked at once.",
    ),
    "other_sentence": ("Другое предложение", "Another sentence"),
    "record": ("Записать", "Record"),
    "level": ("Громкость микрофона", "Microphone level"),
    "coverage": ("Прочитано звуковых сочетаний", "Pairs of sounds read"),
    "upload_heading": ("Загрузить записи", "Upload recordings"),
    "drop": ("Перетащите файлы сюда или", "Drop files here or"),
    "choose_files": ("выберите их", "choose some"),
    "studio_drop_hint": (
        (
            "Записи любой длины до 4 часов, много коротких или zip (LJSpeech, Common Voice, M-AILABS, RUSLAN). Текст "
            ".txt, субтитры .srt и .vtt с тем же именем лягут на запись."
        ),
        (
            "Recordings of up to 4 hours, many short ones, or a zip (LJSpeech, Common Voice, M-AILABS, RUSLAN). A text "
            ".txt or subtitles .srt, .vtt of the same name go with a recording."
        ),
    ),
    "takes": ("Записи", "Recordings"),
    "no_takes": ("Здесь появятся записи.", "Recordings will appear here."),
    "prepare_heading": ("Подготовка", "Preparing"),
    "prepare_hint": (
        (
            "Записи расшифруются, очистятся и будут нарезаны; чужие голоса, музыка, шум и ошибки чтения отбросятся. "
            "Ничего не пропадает: всё отброшенное можно вернуть."
        ),
        (
            "Recordings are transcribed, cleaned and cut; other voices, music, noise and misreadings are dropped. "
            "Nothing is lost: every drop can be undone."
        ),
    ),
    "prepare": ("Подготовить", "Prepare"),
    "cancel": ("Отменить", "Cancel"),
    "how": ("Как готовить", "How to prepare"),
    "denoise": (
        "Убирать шум, где голосу от этого лучше",
        "Remove noise where the voice is better on it",
    ),
    "channel": ("Канал стереозаписи", "Channel of stereo"),
    "channel_auto": ("выбрать лучший", "choose the better"),
    "channel_mix": ("оба вместе", "both together"),
    "channel_left": ("левый", "left"),
    "channel_right": ("правый", "right"),
    "threshold_db": ("Порог тишины, дБ", "Threshold of silence, dB"),
    "threshold_hint": (
        "−30 для шумной комнаты, −50 сохранит вдохи",
        "-30 for noisy rooms, -50 keeps breaths",
    ),
    "min_length_ms": ("Фрагмент не короче, мс", "A clip is at least, ms"),
    "max_length_ms": ("Фрагмент не длиннее, мс", "A clip is at most, ms"),
    "min_interval_ms": ("Пауза для разреза от, мс", "A pause to cut in from, ms"),
    "max_sil_kept_ms": ("Тишины по краям, мс", "Silence kept at either end, ms"),
    "hop_ms": ("Шаг измерения, мс", "Step of measuring, ms"),
    "save": ("Сохранить", "Save"),
    "report": ("Отчёт", "Report"),
    "pieces": ("Фрагменты", "Pieces"),
    "show_kept": ("Взятые", "Kept"),
    "show_dropped": ("Отброшенные", "Dropped"),
    "show_silence": ("Тишина", "Silence"),
    "whole_report": ("Отчёт с рисунками", "Report with pictures"),
    "whole_report_open": ("Открыть отдельно", "Open by itself"),
    "train": ("Обучить голос", "Train the voice"),
    "apply": ("Применить правки", "Apply the edits"),
    "forget": ("Отменить правки", "Forget the edits"),
}

SCRIPT: dict[str, tuple[str, str]] = {
    **{
        key: recording.SCRIPT[key]
        for key in ("microphoneDenied", "microphoneMissing", "recordedName")
    },
    "recordStart": ("Записать", "Record"),
    "recordStop": ("Готово · {left}", "Done · {left}"),
    "recordShort": (
        "Слишком коротко: прочтите предложение целиком.",
        "Too short: read the whole sentence.",
    ),
    "checking": ("Слушаем запись…", "Listening…"),
    "accepted": ("Принято.", "Accepted."),
    "again": ("Ещё раз, пожалуйста: {reason}.", "Once more, please: {reason}."),
    "coverageIs": (
        "{percent} звуковых сочетаний, предложений прочитано: {count}",
        "{percent} of the pairs of sounds, sentences read: {count}",
    ),
    "allRead": ("Все предложения прочитаны. Спасибо!", "All sentences are read. Thank you!"),
    "needTitle": ("Дайте набору название.", "Give the dataset a title."),
    "deleteSure": (
        "Удалить набор «{title}» со всеми записями и всем, что из них подготовлено?",
        "Delete the dataset “{title}” with all its recordings and all that was prepared of them?",
    ),
    "uploading": ("{name}: {percent}", "{name}: {percent}"),
    "uploaded": ("{name}: загружено, слушаем", "{name}: sent, listening"),
    "emptyFile": ("{name} — пустой файл.", "{name} is empty."),
    "textAlone": ("{name}: нет записи с таким же именем.", "{name}: no recording of that name."),
    "wrongFile": (
        "{name}: нужен звук, zip, txt, srt или vtt.",
        "{name}: a sound, zip, txt, srt or vtt is needed.",
    ),
    "take_accepted": ("принято", "accepted"),
    "take_refused": ("не принято", "not accepted"),
    "take_checking": ("проверяется", "being checked"),
    "takeFiles": ("записей: {count}", "recordings: {count}"),
    "takeTexts": ("с текстом: {count}", "with texts: {count}"),
    "takeUnread": ("не прочитано файлов: {count}", "files that cannot be read: {count}"),
    "takeTranscript": ("с расшифровкой", "with a transcript"),
    "acceptAnyway": ("Всё равно принять", "Accept anyway"),
    "removeNamed": ("Удалить: {name}", "Delete: {name}"),
    "takeSure": ("Удалить запись «{name}»?", "Delete the recording “{name}”?"),
    "stage_": ("Ждёт очереди", "Waiting for its turn"),
    "stage_fetching": ("Собираем записи", "Gathering the recordings"),
    "stage_listening": ("Слушаем записи", "Listening to the recordings"),
    "stage_cutting": ("Режем и чистим", "Cutting and cleaning"),
    "stage_editing": ("Применяем правки", "Applying the edits"),
    "stage_storing": ("Сохраняем", "Storing"),
    "timeLeft": ("ещё {time}", "{time} left"),
    "prepared": (
        "Готово: взято {kept} из {given}, фрагментов: {clips}.",
        "Ready: {kept} of {given} kept, clips: {clips}.",
    ),
    "stale": (
        "Записи или настройки с тех пор изменились: подготовьте набор заново.",
        "Recordings or settings have changed since: prepare anew.",
    ),
    "pending": ("Правок ждёт: {count}. Примените их.", "Edits waiting: {count}. Apply them."),
    "editsLost": (
        "Правок не выполнить, их записей больше нет: {count}.",
        "Edits of recordings that are no more: {count}.",
    ),
    "refusedFiles": ("Не открылось файлов: {count}.", "Files that could not be opened: {count}."),
    "droppedOf": ("{reason}: {time}", "{reason}: {time}"),
    "byHand": ("убрано вручную", "taken out by hand"),
    "mended_denoised": ("шум убран", "noise removed"),
    "mended_hum": ("гул убран", "hum removed"),
    "mended_clicks": ("щелчки убраны", "clicks removed"),
    "keepPiece": ("Вернуть", "Take back"),
    "dropPiece": ("Убрать", "Drop"),
    "movePiece": ("Сдвинуть границы", "Move its cuts"),
    "moveFrom": ("с, секунд", "from, seconds"),
    "moveTo": ("по, секунд", "to, seconds"),
    "moveDo": ("Сдвинуть", "Move"),
    "willBe_keep": ("будет взято", "will be taken"),
    "willBe_drop": ("будет убрано", "will be dropped"),
    "willBe_move": ("границы сдвинутся", "its cuts will move"),
    "nothingShown": ("Таких фрагментов нет.", "There are no such pieces."),
    "ofSentence": ("{from}–{to}", "{from}–{to}"),
    "ofFile": ("{file}, {from}–{to}", "{file}, {from}–{to}"),
}
