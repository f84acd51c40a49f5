"""Words of the page on which people speak in another voice."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "heading": ("Живой голос", "Live voice"),
    "lead_live": (
        "Говорите в микрофон — и вас слышно другим голосом, с задержкой в доли секунды. Наденьте наушники.",
        "Speak into the microphone and be heard in another voice, a fraction of a second later. Wear headphones.",
    ),
    "voice": ("Чьим голосом", "In whose voice"),
    "output": ("Куда выводить звук", "Where the sound goes"),
    "output_usual": ("как обычно", "as usual"),
    "settings": ("Тонкая настройка", "Advanced settings"),
    "transpose": ("Высота голоса", "Pitch of the voice"),
    "transpose_auto": ("подобрать по первым секундам", "fit it by the first seconds"),
    "formant": (
        "Тембр: ниже — крупнее, выше — меньше",
        "Resonances: lower is larger, higher is smaller",
    ),
    "block_seconds": ("Блок", "Block"),
    "block_about": (
        "Короче — меньше задержка и больше работы; если звук прерывается, сделайте длиннее.",
        "Shorter is sooner and more work; if the sound breaks up, make it longer.",
    ),
    "ahead_seconds": ("Взгляд вперёд", "Look ahead"),
    "ahead_about": ("Дольше — внятнее, но позже.", "Longer is clearer, and later."),
    "crossfade_seconds": ("Переход между блоками", "Crossfade of blocks"),
    "context_seconds": ("Сколько помнить назад", "How far back it hears"),
    "index_rate": ("Сила нового голоса", "Strength of the new voice"),
    "index_about": (
        "Больше — ближе к новому голосу; начало ждёт, пока он скажет дюжину предложений.",
        "More is closer to the new voice; the beginning waits until it has said a dozen sentences.",
    ),
    "threshold_db": ("Тише этого — молчание", "Fainter than this is silence"),
    "start": ("Говорить", "Speak"),
    "heard_level": ("Громкость микрофона", "Level of the microphone"),
    "delay": ("Задержка", "Delay"),
    "delay_none": ("Появится, когда вы заговорите.", "It is told when you speak."),
    "part_block": ("блок", "block"),
    "part_ahead": ("взгляд вперёд", "look ahead"),
    "part_resampling": ("смена частоты", "change of rate"),
    "part_computing": ("вычисление", "computing"),
    "part_network": ("сеть", "network"),
    "part_waiting": ("запас проигрывателя", "player's reserve"),
    "part_device": ("звуковая карта", "sound device"),
    "blocks": ("Блоки", "Blocks"),
    "recording": ("Запись разговора", "Recording of the talk"),
    "keep": (
        "Записывать (хранится только в этой вкладке)",
        "Record (kept in this tab only)",
    ),
    "said": ("Что вы сказали", "What you said"),
    "came": ("Что прозвучало", "What was heard"),
    "marked": (
        "Новый голос несёт неслышный водяной знак: страница «Проверка» его узнает.",
        "The new voice carries an inaudible watermark, which the page Check recognises.",
    ),
    "no_script": (
        "Этой странице нужны JavaScript и микрофон.",
        "This page needs JavaScript and a microphone.",
    ),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "start": ("Говорить", "Speak"),
    "stop": ("Закончить", "Stop"),
    "connecting": ("Соединяемся…", "Connecting…"),
    "preparing": ("Голос готовится…", "The voice is getting ready…"),
    "speaking": (
        "Говорите: вас слышно другим голосом.",
        "Speak: you are heard in the other voice.",
    ),
    "ended": ("Разговор окончен: {time}.", "The talk is over: {time}."),
    "needRights": (
        "Подтвердите право на голос.",
        "Confirm that you may use the voice.",
    ),
    "microphoneMissing": ("Микрофон не найден.", "No microphone was found."),
    "microphoneDenied": ("Нет доступа к микрофону.", "The microphone may not be used."),
    "unsupported": (
        "Этот браузер не умеет обрабатывать звук на лету (нужны AudioWorklet и https или localhost).",
        "This browser cannot work on sound as it comes (AudioWorklet and https or localhost are needed).",
    ),
    "closed": (
        "Соединение с сервером прервалось.",
        "The connection to the server broke off.",
    ),
    "autoPitch": ("авто", "auto"),
    "settled": ("авто: {value}", "auto: {value}"),
    "semitones": ("полутон|полутона|полутонов|полутона", "semitone|semitones|semitones|semitones"),
    "milliseconds": ("{value} мс", "{value} ms"),
    "seconds": ("{value} с", "{value} s"),
    "decibels": ("{value} дБ", "{value} dB"),
    "percent": ("{value} %", "{value} %"),
    "blocksTold": (
        "сказано {said}, молчание {silent}, пропущено {dropped}",
        "{said} said, {silent} silent, {dropped} dropped",
    ),
}
