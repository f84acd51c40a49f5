"""Words of the fields that take recordings of a voice, on every page that has them."""

# about 20 s, every sound of the language, nothing to stumble over
READ_ALOUD = (
    "Сегодня тихий вечер. За окном медленно идёт снег, и город понемногу засыпает. Чайник уже закипел, на "
    "столе тёплая лампа и старая книга. В ней живут добрые люди, быстрые лошади и шумное море. Хочется "
    "читать не спеша, будто рассказываешь другу историю, которую оба знают с детства."
)

TEMPLATE: dict[str, tuple[str, str]] = {
    "voice_name": ("Имя голоса", "Name of the voice"),
    "voice_name_example": ("Например, «Мама»", "For instance, “Mum”"),
    "recordings": ("Записи речи", "Recordings of speech"),
    "drop": ("Перетащите файлы сюда или", "Drop files here or"),
    "choose_files": ("выберите файлы", "choose files"),
    "drop_hint": (
        "mp3, wav, m4a, ogg, flac, amr, webm. Один человек, без музыки; лучше всего 10–30 секунд.",
        "mp3, wav, m4a, ogg, flac, amr, webm. One person, no music; 10–30 seconds is best.",
    ),
    "record": ("Записать с микрофона", "Record with the microphone"),
    "record_hint": (
        "Прочтите вслух спокойно и близко к микрофону: этого текста хватит на 20 секунд.",
        "Read aloud, calmly and close to the microphone: this text takes 20 seconds.",
    ),
    "read_aloud": (READ_ALOUD, READ_ALOUD),
    "upload": ("Отправка записей", "Sending the recordings"),
    "level": ("Громкость микрофона", "Microphone level"),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "notAudio": ("{name} — не звуковой файл", "{name} is not an audio file"),
    "emptyFile": ("{name} — пустой файл", "{name} is empty"),
    "tooLarge": ("Файлы больше {megabytes} МБ", "The files are larger than {megabytes} MB"),
    "tooMany": ("Не больше {count} записей", "At most {count} recordings"),
    "removeRecording": ("Убрать {name}", "Remove {name}"),
    "recordStart": ("Записать с микрофона", "Record with the microphone"),
    "recordStop": ("Остановить запись · {left}", "Stop recording · {left}"),
    "recordedName": ("Запись с микрофона {number}", "Microphone recording {number}"),
    "recordShort": (
        "Запись слишком короткая, нужно хотя бы 3 секунды.",
        "The recording is too short, at least 3 seconds are needed.",
    ),
    "microphoneDenied": (
        "Нет доступа к микрофону. Разрешите его в браузере или загрузите файл.",
        "No access to the microphone. Allow it in the browser, or upload a file.",
    ),
    "microphoneMissing": (
        "Микрофон не найден. Загрузите файл.",
        "No microphone was found. Upload a file.",
    ),
    "uploading": ("Отправляем: {percent}", "Sending: {percent}"),
    "listening": ("Слушаем запись…", "Listening to the recording…"),
    "voiceReady": ("Голос «{name}» готов.", "Voice “{name}” is ready."),
    "recordingsAdded": ("Записи добавлены: {name}.", "Recordings added: {name}."),
    "useless": ("Из этой записи голос не получится", "No voice can be made of this recording"),
    "needName": ("Дайте голосу имя.", "Give the voice a name."),
    "needRecording": ("Добавьте запись голоса.", "Add a recording of the voice."),
    "needConsent": (
        "Подтвердите, что у вас есть право на этот голос.",
        "Confirm that you have the right to use this voice.",
    ),
}
