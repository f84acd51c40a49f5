"""Words of the page that describes the API."""

from voices.web.docs_live import LIVE_CALLS, LIVE_FIELDS
from voices.web.docs_songs import SONG_CALLS, SONG_FIELDS

TEMPLATE: dict[str, tuple[str, str]] = {
    "heading": ("API", "API"),
    "docs_title": ("API — Голос", "API — Golos"),
    "docs_lead": (
        "Голос и текст на входе, русская речь на выходе.",
        "A voice and a text in, Russian speech out.",
    ),
    "start_heading": ("С чего начать", "Where to begin"),
    "start_key": (
        "Каждому вызову нужен ключ. Его создают на странице",
        "Every call needs a key. It is made on the page",
    ),
    "start_keys": ("«Ключи API»", "“API keys”"),
    "start_local": (
        "На своём компьютере ключ уже лежит в файле var/api_key.",
        "On your own computer a key lies in the file var/api_key already.",
    ),
    "start_header": ("Ключ передают в заголовке", "The key goes into the header"),
    "start_variables": (
        "Примеры берут адрес сервера и ключ из переменных окружения:",
        "The examples read the server's address and the key from the environment:",
    ),
    "rules_heading": ("Общее для всех вызовов", "What holds for every call"),
    "rule_errors": (
        (
            "Ошибка всегда выглядит одинаково: код, сообщение и подробности. Коды не меняются, язык "
            "сообщения задаёт Accept-Language."
        ),
        (
            "Errors have one shape: code, message and details. Codes are stable, the language of the "
            "message is that of Accept-Language."
        ),
    ),
    "rule_limits": (
        "GET /api/v1/limits/ перечисляет все пределы; ответы 429 и 503 говорят в Retry-After, когда повторить.",
        "GET /api/v1/limits/ tells all limits; a 429 or 503 says in Retry-After when to come back.",
    ),
    "rule_pages": (
        "Списки приходят страницами: page и page_size, не больше 200.",
        "Lists come in pages: page, and page_size up to 200.",
    ),
    "rule_openai": (
        "Программы, которые говорят через API OpenAI, работают с адресом /v1 вместо api.openai.com/v1.",
        "Programs that speak through OpenAI's API work with /v1 here in the place of theirs.",
    ),
    "examples_heading": ("Примеры", "Examples"),
    "example_0": ("Предложение сразу", "A sentence at once"),
    "example_1": ("Длинный текст заданием", "A long text as a job"),
    "example_2": ("Файл пакетом", "A file as a batch"),
    "calls_heading": ("Все вызовы", "All calls"),
    "schema": ("Схема OpenAPI для генераторов клиентов", "OpenAPI schema for client generators"),
    "copy": ("Копировать", "Copy"),
    "copy_example": ("Копировать пример", "Copy the example"),
    "call_parameters": ("Что передать", "What to send"),
    "call_name": ("Имя", "Name"),
    "call_kind": ("Вид", "Kind"),
    "call_about": ("Что это", "What it is"),
    "call_required": ("обязательно", "required"),
    "call_answers": ("Ответы", "Answers"),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "copied": ("Скопировано", "Copied"),
    "copyFailed": ("Выделено: скопируйте сами", "Selected: copy it yourself"),
}

# what each call does, in Russian; the schema has it in English
CALLS: dict[str, str] = {
    **LIVE_CALLS,
    **SONG_CALLS,
    "speech": "Озвучить текст до 5000 знаков; ответ — сам звук.",
    "phonemes": "Как прозвучит текст: слова, ударения и звуки, по предложениям; длинный текст — по частям.",
    "detect": "Проверить запись: создана ли здесь (неслышный знак) и кто говорит, человек или машина (на слух).",
    "jobs_list": "Ваши задания, новые сверху.",
    "jobs_create": "Новое задание: текст до 50 000 знаков.",
    "jobs_get": "Одно задание: состояние, ход, ошибка, звук.",
    "jobs_delete": "Удалить задание и его звук; незаконченное — отменить.",
    "jobs_file": "Один из файлов задания по его роли: result — сам звук.",
    "jobs_audio": "Звук готового задания, в том числе по частям (Range).",
    "jobs_cancel": "Отменить задание; готовое останется.",
    "jobs_points": "Ход обучения: что измерено на его шагах, до тысячи точек за раз.",
    "jobs_events": "Ход задания событиями (server-sent events).",
    "jobs_parts": "Готовые предложения задания куском mp3, не дожидаясь конца.",
    "jobs_share": "Ссылка, по которой запись услышит любой, до выбранного срока.",
    "jobs_timestamps": "Время слов и звуков: JSON, SRT, VTT или LRC.",
    "batches_list": "Ваши пакеты, новые сверху.",
    "batches_create": "Новый пакет: до 1000 текстов или файл txt, docx, srt, csv.",
    "batches_get": "Один пакет: ход, дорожка, архив.",
    "batches_delete": "Удалить пакет со звуками; незаконченный — отменить.",
    "batches_archive": "Все звуки пакета архивом zip с index.csv.",
    "batches_cancel": "Остановить пакет; готовое останется.",
    "conversions_create": "Песня или речь другим голосом: задание, его звук — готовый микс, дорожки — файлы.",
    "conversion_batches_create": "Много записей одним голосом с одними настройками: пакет, как пакет текстов.",
    "conversions_get": "Одно задание конверсии.",
    "conversions_file": (
        "Файл конверсии: `result` (микс), `converted`, `vocals`, `accompaniment`, `f0`, `report`, `source`."
    ),
    "rights_text": "Что подтверждает тот, кто отдаёт запись другому голосу.",
    "separations_create": "Разделить песню на голос и музыку: звук задания — голос, обе дорожки — файлы flac.",
    "voices_list": "Голоса банка и ваши.",
    "voices_create": "Новый голос из записей; ответ приходит, когда он готов, с оценкой каждой записи.",
    "voices_get": "Один голос.",
    "voices_update": "Имя, описание и настройки своего голоса.",
    "voices_delete": "Удалить свой голос, его записи и всё, что им озвучено.",
    "voices_preview": "Образец голоса.",
    "voices_preview_make": "Создать образец голоса.",
    "voices_similar": "Похожие голоса, самые похожие сверху.",
    "voices_map": "Карта голосов: похожие рядом.",
    "recordings_create": "Добавить записи к своему голосу.",
    "recordings_delete": "Удалить запись своего голоса.",
    "datasets_list": "Свои наборы записей, новые сверху.",
    "datasets_create": "Новый набор записей для своего голоса.",
    "datasets_get": "Один набор записей.",
    "datasets_update": "Изменить название или то, как набор готовится.",
    "datasets_delete": "Удалить набор с записями и всем, что из них подготовлено.",
    "datasets_sentences": "Что читать вслух дальше и какая часть звуков языка уже прочитана.",
    "datasets_prepare": "Подготовить набор заданием; если записи не менялись, выполняются только правки.",
    "datasets_edits_list": "Правки к подготовленному.",
    "datasets_edits_create": "Вернуть отброшенное, убрать фрагмент, сдвинуть границу; выполнит следующая подготовка.",
    "datasets_edits_delete": "Забыть правки, которые ещё не выполнены.",
    "datasets_report": "Что взято, что отброшено и почему, по фрагментам.",
    "datasets_file": "Файл последней подготовки: report.html, metadata.csv, clips/….flac, sources/….flac.",
    "takes_list": "Записи набора, новые сверху.",
    "takes_create": "Прочитанное предложение (проверяется сразу) или записи любой длины, файлом или zip.",
    "takes_get": "Одна запись.",
    "takes_delete": "Удалить запись.",
    "takes_accept": "Всё-таки принять отклонённое предложение.",
    "takes_audio": "Запись, как её прислали.",
    "uploads_create": "Начать загрузку большого файла частями.",
    "uploads_get": "Какие части уже пришли.",
    "uploads_delete": "Бросить загрузку.",
    "uploads_part": "Одна часть файла.",
    "uploads_finish": "Сложить части в файл.",
    "versions_list": "Версии своего голоса: каждая перемена его записей делает новую, подгонка к ним — ещё одну.",
    "versions_activate": "Пусть голос звучит, как в этой версии.",
    "versions_preview": "Образец одной версии своего голоса.",
    "versions_preview_make": "Создать образец версии.",
    "versions_file": "Обученная версия своего голоса одним файлом, с подписью сервиса.",
    "voices_import": "Новый голос из файла .voice, который сохранён здесь или записан из командной строки.",
    "voices_merge": "Новый голос между голосами: своими и из банка.",
    "comparisons_tally": "Чем кончились сравнения вслепую, по парам версий.",
    "comparisons_create": "Одно предложение двумя версиями своего голоса в случайном порядке.",
    "comparisons_get": "Одно сравнение; какая версия где — после ответа.",
    "comparisons_choose": "Какая из двух звучит лучше; отвечают один раз, и тогда версии названы.",
    "trainings_list": "Обучения своего голоса, новые сверху.",
    "trainings_create": "Обучить свой голос на подготовленном наборе записей; нужно устное согласие.",
    "trainings_estimate": "Сколько займёт такое обучение; ничего не начинается.",
    "trainings_get": "Одно обучение: ход, что измерено, контрольные точки и как они звучат.",
    "trainings_delete": "Удалить законченное обучение с его контрольными точками; версии голоса останутся.",
    "trainings_pause": "Приостановить обучение; сделанное сохранится.",
    "trainings_resume": "Продолжить с того же места.",
    "trainings_finish": "Закончить обучение сейчас: голос зазвучит, как в лучшей из контрольных точек.",
    "trainings_cancel": "Остановить обучение насовсем; его контрольные точки удаляются.",
    "checkpoints_activate": "Пусть голос звучит, как в этой контрольной точке.",
    "voices_fit": "Подогнать свой голос к его записям: через минуту у него есть ещё одна версия.",
    "consent_text": "Что подтверждает тот, кто создаёт голос.",
    "consent_get": "Что было подтверждено о голосе.",
    "consent_phrase": "Фраза, которую обладатель голоса читает вслух.",
    "consent_spoken": "Прочитанная фраза: сверяются голос и слова.",
    "dictionary_list": "Слова вашего словаря.",
    "dictionary_save": "Записать слово и как его читать.",
    "dictionary_get": "Одно слово словаря.",
    "dictionary_delete": "Удалить слово.",
    "limits": "Все пределы и ваши квоты.",
    "account_get": "Кто вы.",
    "account_usage": "Сколько использовано и осталось.",
    "account_export": "Все ваши данные одним архивом.",
    "keys_list": "Ваши ключи.",
    "keys_create": "Новый ключ; он показывается один раз.",
    "keys_revoke": "Отозвать ключ.",
    "webhook_secret": "Секрет, которым подписаны вебхуки.",
    "webhook_secret_renew": "Сменить секрет вебхуков.",
    "openai_speech": "Речь, как у OpenAI: их клиенты работают без изменений.",
    "openai_voices": "Голоса для программ, которые ждут такой список.",
    "openai_voice": "Один голос.",
    "openai_voice_create": "Новый голос из записи, по записанному прежде согласию.",
    "openai_voice_delete": "Удалить свой голос, его записи и всё, что им озвучено.",
    "openai_consents": "Ваши записанные согласия, новые сверху.",
    "openai_consent_create": "Записать согласие: файл, в котором его произносят; звук не хранится.",
    "openai_consent": "Одно записанное согласие.",
    "openai_consent_rename": "Переименовать согласие.",
    "openai_consent_delete": "Удалить согласие; голоса, созданные с ним, останутся.",
    "openai_models": "Имена модели, под которыми её ищут клиенты OpenAI.",
    "openai_model": "Одна модель.",
    "openai_audio_models": "То же в виде, в котором его читают программы для серверов речи.",
    "xi_models": "Модель под своим именем и под теми, которые шлют клиенты ElevenLabs.",
    "xi_speech": "Звук целиком.",
    "xi_speech_stream": "Звук по предложениям.",
    "xi_speech_stream_timestamps": "Строки JSON: звук по предложениям, в конце время каждого знака.",
    "xi_speech_timestamps": "Звук и время каждого знака.",
    "xi_speech_to_speech": "Запись другим голосом, целиком.",
    "xi_speech_to_speech_stream": "То же; приходит, когда готово целиком.",
    "xi_audio_isolation": "Голос из записи без того, что вокруг, в mp3.",
    "xi_audio_isolation_stream": "То же; приходит, когда готово целиком.",
    "xi_user": "Чей это ключ.",
    "xi_subscription": "Что доступно и сколько использовано сегодня.",
    "xi_voices": "Все голоса, которыми можно говорить.",
    "xi_voice": "Один голос.",
    "xi_voice_delete": "Удалить свой голос.",
    "xi_voice_add": "Голос из записей; ответ приходит, когда он готов.",
    "xi_voices_page": "То же по страницам и с отбором.",
}

# what a call takes, by the schema's English
FIELDS: dict[str, str] = {
    **SONG_FIELDS,
    **LIVE_FIELDS,
    "A page number within the paginated result set.": "Номер страницы.",
    "Number of results to return per page.": "Сколько строк на странице.",
    "An own voice that is to be trained.": "Свой голос, который будут обучать.",
    "Followed in order.": "Выполняются по порядку.",
    "A sound file, or a zip: LJSpeech, Common Voice, M-AILABS, RUSLAN, or sounds with .txt beside them.": (
        "Звуковой файл или zip: LJSpeech, Common Voice, M-AILABS, RUSLAN или записи с .txt рядом."
    ),
    "Id of a large file that was sent in parts, in place of `recording`.": (
        "Номер большого файла, загруженного частями, вместо `recording`."
    ),
    "That was read aloud: the recording is judged, and answered with the verdict.": (
        "Которое прочитано: запись проверяется, и ответ говорит, принята ли она."
    ),
    "What is said in a longer recording.": "Что сказано в длинной записи.",
    "txt, or subtitles with times.": "txt или субтитры со временами.",
    "Of the file, with its suffix.": "Имя файла с расширением.",
    "A step; left out: from the first on.": "Шаг; если не указан — с самого первого.",
    "Of all of it.": "Размер всего файла.",
    "Numbers of two versions; left out: two of the newest of each kind.": (
        "Номера двух версий; если не указаны — две новейшие разных видов."
    ),
    "A sentence; left out: some everyday one.": "Предложение; если не указано — какое-нибудь обыденное.",
    "a, b, or same: neither is better.": "a, b или same — ни одна не лучше.",
    "A .voice file.": "Файл .voice.",
    "Left out: the one that the file has.": "Если не указано — то, что в файле.",
    "Id of a prepared dataset of this voice.": "Подготовленный набор записей этого голоса (id).",
    "Of the training.": "Имя обучения.",
    "What the key is for.": "Для чего ключ.",
    "A key gives at most the scopes that its maker has.": "Не больше, чем разрешено тому, кто его создаёт.",
    (
        "Any text of up to 255 characters. The same call with the same key within 24 hours makes nothing new: "
        "it is answered with what the first one made, and `Idempotency-Replayed: true`. Another body with that "
        "key is refused with 422 `idempotency_key_reused`."
    ): (
        "Любой текст до 255 знаков. Тот же вызов с тем же ключом в течение суток не создаёт нового: ответом "
        "будет созданное первым и `Idempotency-Replayed: true`. Другое тело с этим ключом получит отказ 422 "
        "`idempotency_key_reused`."
    ),
    "As for a job.": "Как у задания.",
    "The song or recording: mp3, wav, flac, ogg, m4a, amr, webm; up to an hour.": (
        "Песня или запись: mp3, wav, flac, ogg, m4a, amr, webm; до часа."
    ),
    "Instead: a large file, sent by /uploads/.": "Вместо неё: большой файл, присланный через /uploads/.",
    "Instead: id of an earlier job on the song; it is not separated again.": (
        "Вместо неё: id прежнего задания с этой песней; заново она не разделяется."
    ),
    "Of the result; the rest is flac.": "Формат результата; остальное — flac.",
    "Only 30 s, from this second of the song on.": "Только 30 с, начиная с этой секунды песни.",
    "Its voice alone, where you have it.": "Её голос отдельно, если он у вас есть.",
    "Its music alone, where you have it.": "Её музыка отдельно, если она у вас есть.",
    'F0 of its voice as you want it: CSV "seconds,Hz".': (
        "Высота её голоса, какой вы её хотите: CSV «секунды,Гц»."
    ),
    "Slug or name of a bank voice, id or name of an own one.": (
        "Краткое имя или имя голоса банка, id или имя своего голоса."
    ),
    "Instead of `voice`: a recording of it, 3-30 s of speech.": (
        "Вместо `voice`: запись этого голоса, 3–30 с речи."
    ),
    "song: voice over music; speech: a voice alone; dubbing: speech over music and noises.": (
        "song: голос с музыкой; speech: голос без ничего; dubbing: речь поверх музыки и шумов."
    ),
    "As JSON.": "В виде JSON.",
    "Recordings, or zips of them: up to 100 together.": "Записи или их архивы zip: до 100 записей вместе.",
    "Large files, and zips, that were sent by /uploads/.": "Большие файлы и архивы, отправленные через /uploads/.",
    "Of the results; the rest is flac.": "Результатов; остальное — flac.",
    "You confirm the text at /api/v1/conversions/rights/; needed once for each song.": (
        "Вы подтверждаете текст с /api/v1/conversions/rights/; нужно один раз для каждой песни."
    ),
    "pcm_s16le_16: bare samples, 16 bit little endian, mono, 16 kHz.": (
        "pcm_s16le_16: голые отсчёты, 16 бит, little endian, моно, 16 кГц."
    ),
    "Not done here: send the voice that audio-isolation gives.": (
        "Здесь не делается: пришлите голос, который даёт audio-isolation."
    ),
    "Ours: you confirm the text at /api/v1/conversions/rights/, without which nothing is converted.": (
        "Поле этого сервиса: вы подтверждаете текст с /api/v1/conversions/rights/, без этого ничего не делается."
    ),
    "kbit/s of mp3, constant; null: variable, about 65": (
        "Кбит/с для mp3, постоянный; null: переменный, около 65."
    ),
    "Left out: as the voice is set.": "Если не указано — как настроен голос.",
    "the same seed gives the same audio": "Одно и то же число — один и тот же звук.",
    "Of each text, as for a job.": "Для каждого текста, как у задания.",
    (
        "A public http or https address that is told, by a signed POST, when this has ended. See /webhook-secret/."
    ): "Открытый адрес http или https, куда придёт подписанный POST, когда всё закончится. См. /webhook-secret/.",
    "Up to 1,000 texts, 300,000 characters together.": "До 1000 текстов, вместе до 300 000 знаков.",
    (
        "txt (UTF-8, UTF-16 or Windows-1251), docx, srt, or csv with a column text and, if wanted, voice and "
        "name. Up to 10 MB."
    ): (
        "txt (UTF-8, UTF-16 или Windows-1251), docx, srt или csv со столбцом text и, по желанию, voice и name. "
        "До 10 МБ."
    ),
    "How txt and docx are split.": "Как делить txt и docx: по строкам или по абзацам.",
    "mp3, wav, flac, ogg, m4a, amr, webm; up to ten minutes. Not kept.": (
        "mp3, wav, flac, ogg, m4a, amr, webm; до десяти минут. Не хранится."
    ),
    "Any form; each form is a word of its own.": "В любой форме; каждая форма — отдельное слово.",
    "звон+ит, other words, or sounds: /zvɐnʲˈit/.": "звон+ит, другие слова или звуки: /zvɐnʲˈit/.",
    "history: all that the History page shows; songs: conversions and separations.": (
        "history — всё, что показывает страница «История»; songs — конверсии и разделения."
    ),
    'Id of a batch, or "none".': "Номер пакета (id) или none — вне пакетов.",
    "Part of the text or of the voice's name.": "Часть текста или имени голоса.",
    "active: queued or running.": "active — в очереди или в работе.",
    "Its slug, id or name.": "Его краткое имя, id или имя.",
    (
        "Russian text. A stress is set by + before the vowel: з+амок. Marks such as ((пауза 1 с)), ((медленно)), "
        "`nikolay:: …` and a subset of SSML are understood."
    ): (
        "Русский текст. Ударение ставит + перед гласной: з+амок. Понимаются пометки ((пауза 1 с)), ((медленно)), "
        "`nikolay:: …` и часть SSML."
    ),
    "Slug or name of a bank voice, id, name of an own one, or a mix: anna(2)+elena.": (
        "Краткое имя или имя голоса банка, id или имя своего голоса, или смесь: anna(2)+elena."
    ),
    "Keep the times of words and sounds: /jobs/{id}/timestamps/.": (
        "Сохранить время слов и звуков: /jobs/{id}/timestamps/."
    ),
    (
        'Words of this text and how they are said: {"звонит": "звон+ит"}. A reading is a stress, other words, or '
        "sounds between slashes. It wins over the stored dictionary, a + in the text over both."
    ): (
        'Слова этого текста и как их читать: {"звонит": "звон+ит"}. Чтение — ударение, другие слова или звуки '
        "между косыми чертами. Оно важнее сохранённого словаря, а + в тексте важнее обоих."
    ),
    "Names that `voice` and the text use for voices and mixes, no matter the case.": (
        "Как голоса и смеси названы в `voice` и в тексте; регистр не важен."
    ),
    "Keep the sentences that are ready, to be heard while the rest is made: see …/parts/.": (
        "Хранить готовые предложения, чтобы слушать, пока создаётся остальное: см. …/parts/."
    ),
    "How many sentences to skip.": "Сколько предложений пропустить.",
    "Seconds until the link ends: a minute to 30 days.": (
        "Сколько секунд ссылка действует: от минуты до 30 дней."
    ),
    "What one line of srt, vtt or lrc is.": "Что такое одна строка srt, vtt или lrc: предложение или слово.",
    "Only so many of them; then the text may be as long as a job's.": (
        "Не больше стольких предложений; тогда текст может быть таким же длинным, как у задания."
    ),
    "`next` of the answer before, to go on where it ended.": (
        "`next` из прошлого ответа, чтобы продолжить с того же места."
    ),
    "Send the audio sentence by sentence as it is made.": "Присылать звук по предложениям, по мере готовности.",
    "female, male, or empty: unknown": "female, male или пусто: неизвестно.",
    "One or more sound files: mp3, wav, flac, ogg, m4a, amr, webm; 3-30 s of speech.": (
        "Один или несколько файлов: mp3, wav, flac, ogg, m4a, amr, webm; 3–30 с речи."
    ),
    "You confirm the text at /api/v1/consent/.": "Вы подтверждаете текст с /api/v1/consent/.",
    "Version of the text that was shown; refused when there is a newer one.": (
        "Версия показанного текста; если есть новее, будет отказ."
    ),
    "Id of the phrase that was read.": "Какая фраза прочитана (id).",
    "Numbers and abbreviations are always spelled out.": "Числа и сокращения всегда читаются словами.",
    "Taken, without effect.": "Принимается, но ни на что не влияет.",
    "Without effect: noisy recordings are always denoised.": (
        "Ни на что не влияет: шумные записи очищаются всегда."
    ),
    "Ours: you confirm the text at /api/v1/consent/, without which no voice is made.": (
        "Поле этого сервиса: вы подтверждаете текст с /api/v1/consent/, без этого голос не создаётся."
    ),
    "3-30 s of speech.": "3–30 с речи.",
    "Id of a consent of /v1/audio/voice_consents.": "Какое согласие записано (id из /v1/audio/voice_consents).",
    "Language of the phrase, as BCP 47 has it: ru-RU.": "Язык фразы по BCP 47: ru-RU.",
    "The text at /api/v1/consent/ said aloud, or that one agrees to it. It is not kept.": (
        "Как вслух произносят текст с /api/v1/consent/ или соглашаются с ним. Не хранится."
    ),
    "The last id of the page before.": "Последний id прошлой страницы.",
    "As for /api/v1/speech/, or one of OpenAI's own names.": "Как в /api/v1/speech/ или одно из имён OpenAI.",
    "1 is the voice's own pace": "1 — обычный темп голоса.",
    "Ignored.": "Ни на что не влияет.",
    "sse: events speech.audio.delta, sentence by sentence, then speech.audio.done.": (
        "sse: события speech.audio.delta по предложениям, затем speech.audio.done."
    ),
    "Marks such as [voice:anna] are always read.": "Пометки вроде [voice:anna] понимаются всегда.",
    "false: the whole audio at once. flac is never streamed.": (
        "false: весь звук сразу. flac по частям не передаётся."
    ),
}
