"""Words of the page that describes the API, for the calls of the live voice; `strings/docs.py` joins them."""

LIVE_CALLS: dict[str, str] = {
    "live_create": (
        "Билет, чтобы говорить другим голосом: с ним открывают WebSocket по адресу address и шлют отсчёты по 16 бит."
    ),
    "live_list": "Разговоры другими голосами, новые первыми: когда, чьим голосом и сколько. Сказанное не хранится.",
    "live_get": "Один разговор.",
    "live_delete": "Забыть разговор, который окончен.",
}

LIVE_FIELDS: dict[str, str] = {
    "Heard and said at once; the shorter, the sooner. 0.06 to 0.5.": (
        "Слушается и говорится разом; короче — раньше. От 0,06 до 0,5."
    ),
    "Over which a block passes into the next, 0.005 to 0.05.": (
        "За сколько один блок переходит в следующий, от 0,005 до 0,05."
    ),
    "Heard before each block, 0.5 to 4.": "Сколько слышно до каждого блока, от 0,5 до 4.",
    "Waited for after each block, 0.02 to 0.3.": "Сколько ждать после каждого блока, от 0,02 до 0,3.",
    "Semitones, -24 to 24; null: to the pitch of the voice, by the first seconds.": (
        "Полутоны, от -24 до 24; null — под высоту голоса, по первым секундам."
    ),
    "Semitones that the resonances are moved by, -6 to 6.": "На сколько полутонов сдвинуть тембр, от -6 до 6.",
    "What is fainter is silence; dB of full scale, -90 to -20.": (
        "Что тише, то молчание; дБ от полной шкалы, от -90 до -20."
    ),
    "You confirm the text at /api/v1/conversions/rights/.": (
        "Вы подтверждаете текст по адресу /api/v1/conversions/rights/."
    ),
    "How far it is drawn toward the voice's own sounds, 0 to 1.": (
        "Насколько тянуть звуки к звукам самого голоса, от 0 до 1."
    ),
}
