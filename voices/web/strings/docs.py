"""Words of the page that describes the API."""

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
    "speech": "Озвучить текст до 5000 знаков; ответ — сам звук.",
    "phonemes": "Как прозвучит текст: слова, ударения и звуки, по предложениям; длинный текст — по частям.",
    "detect": "Проверить, создана ли запись здесь: ищет неслышный водяной знак.",
    "jobs_list": "Ваши задания, новые сверху.",
    "jobs_create": "Новое задание: текст до 50 000 знаков.",
    "jobs_get": "Одно задание: состояние, ход, ошибка, звук.",
    "jobs_delete": "Удалить задание и его звук; незаконченное — отменить.",
    "jobs_audio": "Звук готового задания, в том числе по частям (Range).",
    "jobs_cancel": "Отменить задание; готовое останется.",
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
    "voices_list": "Голоса банка и ваши.",
    "voices_create": "Новый голос из записей; ответ приходит, когда он готов, с оценкой каждой записи.",
    "voices_get": "Один голос.",
    "voices_update": "Имя, описание и настройки своего голоса.",
    "voices_delete": "Удалить свой голос, его записи и всё, что им озвучено.",
    "voices_preview": "Образец голоса.",
    "voices_preview_make": "Создать образец своего голоса.",
    "voices_similar": "Похожие голоса, самые похожие сверху.",
    "voices_map": "Карта голосов: похожие рядом.",
    "recordings_create": "Добавить записи к своему голосу.",
    "recordings_delete": "Удалить запись своего голоса.",
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
    "openai_models": "Имена модели, под которыми её ищут клиенты OpenAI.",
    "openai_model": "Одна модель.",
}
