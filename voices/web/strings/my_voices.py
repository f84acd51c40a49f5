"""Words of the page of one's own voices."""

from voices.web.strings import recording

TEMPLATE: dict[str, tuple[str, str]] = {
    **recording.TEMPLATE,
    "title": ("Мои голоса — Голос", "My voices — Golos"),
    "heading": ("Мои голоса", "My voices"),
    "lead": (
        "Голос получается из 3–30 секунд речи. Видите и слышите его только вы.",
        "A voice is made of 3–30 seconds of speech. Only you can see and hear it.",
    ),
    "new_voice": ("Новый голос", "New voice"),
    "create_voice": ("Создать голос", "Create the voice"),
    "cancel": ("Отмена", "Cancel"),
    "read_this": ("Прочтите вслух", "Read this aloud"),
    "phrase_hint": (
        (
            "Тот же человек, тихое место, лучше тот же микрофон. Фраза годится один раз и десять минут; "
            "её запись не хранится."
        ),
        (
            "The same person, a quiet place, best the same microphone. The phrase counts once and for ten "
            "minutes; its recording is not kept."
        ),
    ),
    "list_heading": ("Готовые голоса", "Your voices"),
    "empty": (
        "Здесь появятся ваши голоса. Начните с записи с микрофона или файла.",
        "Your voices will appear here. Begin with the microphone or a file.",
    ),
    "merge": ("Слить два голоса", "Merge two voices"),
    "merge_hint": (
        "Получится новый голос между двумя: вашими или из банка. Он исчезнет вместе с любым из своих.",
        "It makes a new voice between two: your own or of the bank. It goes with any of your own that it is made of.",
    ),
    "merge_first": ("Первый голос", "First voice"),
    "merge_second": ("Второй голос", "Second voice"),
    "merge_share": ("Сколько от каждого", "How much of each"),
    "merge_name": ("Имя нового голоса", "Name of the new voice"),
    "merge_send": ("Слить", "Merge"),
    "import": ("Голос из файла", "A voice from a file"),
    "import_hint": (
        "Файл .voice, который сохранён здесь или записан командой train voice.",
        "A .voice file that was saved here or written by the command train voice.",
    ),
    "import_file": ("Файл голоса", "Voice file"),
    "import_send": ("Добавить голос", "Add the voice"),
    "delete_heading": ("Удалить голос?", "Delete the voice?"),
    "delete_confirm": ("Удалить навсегда", "Delete for good"),
}

SCRIPT: dict[str, tuple[str, str]] = {
    **recording.SCRIPT,
    "listen": ("Прослушать: {name}", "Listen: {name}"),
    "stopListening": ("Остановить: {name}", "Stop: {name}"),
    "previewFailed": ("Образец не прозвучал: {name}", "The preview did not play: {name}"),
    "needText": ("Напишите фразу.", "Type a phrase."),
    "formNew": ("Новый голос", "New voice"),
    "formAdd": ("Новые записи: {name}", "More recordings: {name}"),
    "formPhrase": ("Устное согласие: {name}", "Spoken consent: {name}"),
    "sendNew": ("Создать голос", "Create the voice"),
    "sendAdd": ("Добавить записи", "Add the recordings"),
    "sendPhrase": ("Проверить", "Check"),
    "phrasePassed": (
        "Согласие принято: голос «{name}» может говорить.",
        "Consent given: “{name}” may speak.",
    ),
    "phraseOtherVoice": (
        "Голос не узнан (похожесть {got}, нужно {need}). Прочтите новую фразу тем же голосом.",
        "The voice was not recognized (likeness {got}, {need} needed). Read a new phrase in the same voice.",
    ),
    "phraseOtherWords": (
        "Слова не разобраны. Прочтите новую фразу чётко, целиком и без шума вокруг.",
        "The words were not understood. Read a new phrase clearly, in full, in a quiet place.",
    ),
    "facts": ("{recordings}, речи {seconds} с", "{recordings}, {seconds} s of speech"),
    # one|few|many|other
    "recordingCount": (
        "запись|записи|записей|записи",
        "recording|recordings|recordings|recordings",
    ),
    "consentMissing": (
        "Голос заговорит, когда его обладатель прочтёт вслух показанную фразу.",
        "The voice will speak once its owner has read a shown phrase aloud.",
    ),
    "consentRead": ("Прочесть фразу", "Read the phrase"),
    "quality": ("Записи и их качество", "Recordings and their quality"),
    "addRecordings": ("Добавить записи", "Add recordings"),
    "removeNamed": ("Удалить запись {name}", "Delete recording {name}"),
    "removeSure": ("Удалить запись «{name}»?", "Delete recording “{name}”?"),
    "unnamed": ("Запись {number}", "Recording {number}"),
    "speechSeconds": ("Речь", "Speech"),
    "secondsOf": ("{speech} с из {all} с", "{speech} s of {all} s"),
    "snr_db": ("Речь громче фона", "Speech above the background"),
    "snrValue": ("на {value} дБ", "{value} dB"),
    "snrUnknown": ("фона не слышно", "no background heard"),
    "clipped_share": ("Перегрузка", "Clipping"),
    "clippedNone": ("нет", "none"),
    "decay_seconds": ("Эхо комнаты", "Echo of the room"),
    "secondsValue": ("{value} с", "{value} s"),
    "music_share": ("Музыка", "Music"),
    "other_speakers": ("Другие голоса", "Other speakers"),
    "denoised": ("Шум убран", "Noise removed"),
    "yes": ("да", "yes"),
    "try": ("Попробовать фразу", "Try a phrase"),
    "tryLabel": ("Фраза", "Phrase"),
    "tryText": (
        "Добрый вечер! Так звучит мой голос.",
        "Добрый вечер! Так звучит мой голос.",
    ),
    "tryButton": ("Озвучить фразу", "Say the phrase"),
    "trying": ("Озвучиваем…", "Speaking…"),
    "versions": ("Версии голоса", "Versions of the voice"),
    "versionsHint": (
        (
            "Каждая перемена записей делает новую версию, подгонка к записям — ещё одну. Заказанное раньше "
            "прозвучит так, как звучал голос тогда."
        ),
        (
            "Each change of the recordings makes a version, fitting to them another. What was ordered before "
            "sounds as the voice did then."
        ),
    ),
    "versionNamed": ("Версия {number}", "Version {number}"),
    "versionActive": ("звучит сейчас", "speaks now"),
    "version_instant": ("из записей", "from recordings"),
    "version_fitted": ("подогнан к записям", "fitted to the recordings"),
    "version_studio": ("студийный", "studio"),
    "version_merged": ("слит из других", "merged of others"),
    "versionSave": ("Сохранить версию {number} файлом", "Save version {number} as a file"),
    "versionImported": ("из файла", "from a file"),
    "versionTrained": (
        "Контрольная точка {checkpoint}, эпоха {epoch}, похожесть {similarity}",
        "Checkpoint {checkpoint}, epoch {epoch}, likeness {similarity}",
    ),
    "compare": ("Сравнить версии вслепую", "Compare versions blind"),
    "compareHint": (
        "Одно предложение прозвучит дважды, в случайном порядке. Какая версия где, скажем после выбора.",
        "One sentence is heard twice, in an order drawn by lot. Which version is which is told after your choice.",
    ),
    "compareVersion": ("Версия для сравнения {place}", "Version to compare {place}"),
    "compareText": ("Предложение", "Sentence"),
    "compareAny": ("любое", "any"),
    "compareBegin": ("Послушать", "Listen"),
    "comparing": ("Озвучиваем дважды…", "Speaking twice…"),
    "compareListen": ("Слушать {side}", "Listen to {side}"),
    "compareBetter": ("{side} лучше", "{side} is better"),
    "compareSame": ("Одинаково", "The same"),
    "compareTold": ("A — {a}; B — {b}.", "A is {a}; B is {b}."),
    "compareChose": ("Вы выбрали: {name}.", "You chose: {name}."),
    "compareChoseSame": ("Вам они равны.", "They are the same to you."),
    "compareTally": (
        "{older} — {one}, {newer} — {other}, одинаково — {same}",
        "{older}: {one}, {newer}: {other}, the same: {same}",
    ),
    "importNeedFile": ("Выберите файл голоса.", "Choose a voice file."),
    "imported": ("Голос «{name}» добавлен из файла.", "Voice “{name}” is added from the file."),
    "merged": ("Голос «{name}» слит и готов.", "Voice “{name}” is merged and ready."),
    "versionUse": ("Выбрать", "Use"),
    "versionUseNamed": ("Выбрать версию {number}", "Use version {number}"),
    "versionUsed": (
        "Голос «{name}» теперь звучит, как в версии {number}.",
        "Voice “{name}” speaks as version {number} now.",
    ),
    "comparison": (
        "Похожесть на записи {before} → {likeness}, неверно расслышанных звуков {misheardBefore} → {misheard} %",
        "Likeness to the recordings {before} → {likeness}, sounds misheard {misheardBefore} → {misheard} %",
    ),
    "timeLeft": ("осталось около {time}", "about {time} left"),
    "fit": ("Подогнать к записям", "Fit to the recordings"),
    "fittingNamed": ("Подгонка голоса {name}", "Fitting of voice {name}"),
    "fittingStop": ("Не подгонять", "Do not fit"),
    "fittingStopNamed": ("Не подгонять голос {name}", "Do not fit voice {name}"),
    "fitting_queued": (
        "Голос уже говорит. Скоро начнём подгонять его к записям.",
        "The voice speaks already. It will soon be fitted to its recordings.",
    ),
    "fitting_listening": (
        "Голос уже говорит. Вслушиваемся в записи…",
        "The voice speaks already. Listening to the recordings…",
    ),
    "fitting_fitting": (
        "Голос уже говорит. Подгоняем его к записям… {left}",
        "The voice speaks already. Fitting it to its recordings… {left}",
    ),
    "fitting_comparing": (
        "Голос уже говорит. Сравниваем его с подогнанным… {left}",
        "The voice speaks already. Comparing it with the fitted one… {left}",
    ),
    "fittedBetter": (
        "Голос «{name}» подогнан к записям и звучит по-новому; прежнюю версию можно вернуть.",
        "Voice “{name}” is fitted to its recordings and sounds so now; the version before can be taken back.",
    ),
    "fittedNoBetter": (
        "Подгонка не сделала голос «{name}» лучше. Он звучит по-прежнему, подогнанный остался среди версий.",
        "Fitting made voice “{name}” no better. It speaks as before, the fitted one is among its versions.",
    ),
    "settings": ("Имя и настройки", "Name and settings"),
    "name": ("Имя", "Name"),
    "description": ("Описание", "Description"),
    "gender": ("Голос", "Voice"),
    "gender_": ("не указано", "not said"),
    "gender_female": ("женский", "female"),
    "gender_male": ("мужской", "male"),
    "language": ("Язык записей", "Language of the recordings"),
    "language_ru": ("русский", "Russian"),
    "language_en": ("английский", "English"),
    "speed": ("Скорость", "Speed"),
    "pitch": ("Высота, полутоны", "Pitch, semitones"),
    "variation": ("Живость", "Liveliness"),
    "settingsHint": (
        "Действует там, где скорость, высота и живость не заданы в запросе.",
        "Holds where a request does not set speed, pitch and liveliness.",
    ),
    "save": ("Сохранить", "Save"),
    "saved": ("Сохранено: {name}.", "Saved: {name}."),
    "use": ("Озвучить текст", "Speak a text"),
    "useNamed": ("Озвучить текст голосом {name}", "Speak a text as {name}"),
    "deleteNamed": ("Удалить голос {name}", "Delete voice {name}"),
    "deleteWarning": (
        (
            "Голос «{name}», его записи ({recordings}) и всё, что им озвучено, будут удалены без "
            "возможности вернуть. Останется только запись о согласии, без звука."
        ),
        (
            "Voice “{name}”, its recordings ({recordings}) and all that was said in it will be deleted and "
            "cannot be brought back. Only the record of consent stays, without any audio."
        ),
    ),
    "deleted": (
        (
            "Удалено: голос «{name}», записей: {recordings}, озвученного: {results}, версий: {versions}, "
            "контрольных точек: {checkpoints}."
        ),
        (
            "Deleted: voice “{name}”, recordings: {recordings}, results: {results}, versions: {versions}, "
            "checkpoints: {checkpoints}."
        ),
    ),
    "dropBegun": (
        "В форме есть то, что ещё не отправлено. Бросить это?",
        "The form has something that is not sent yet. Drop it?",
    ),
    "failed": ("Не получилось", "It did not work"),
}
