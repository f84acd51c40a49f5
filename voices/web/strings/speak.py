"""Words of the Speak page."""

from voices.consent_texts import CURRENT, TEXTS
from voices.web.strings import recording

TEMPLATE: dict[str, tuple[str, str]] = {
    **recording.TEMPLATE,
    "tagline": ("Русская речь любым голосом", "Russian speech in any voice"),
    "voice_heading": ("Голос", "Voice"),
    "voice_change": ("Сменить", "Change"),
    "listen_chosen": ("Прослушать выбранный голос", "Listen to the chosen voice"),
    "about_voices": (
        "О голосах: карта, источники, лицензии",
        "About the voices: map, sources, licences",
    ),
    "filter": ("Какие голоса показать", "Which voices to show"),
    "find_voice": ("Найти голос", "Find a voice"),
    "gender": ("Мужские или женские", "Male or female"),
    "gender_any": ("Все голоса", "Any voice"),
    "language": ("Родной язык голоса", "Native language of the voice"),
    "language_any": ("Любой язык", "Any language"),
    "language_ru": ("Русские", "Russian"),
    "language_en": ("Английские", "English"),
    "filter_all": ("Все", "All"),
    "filter_bank": ("Из банка", "Bank"),
    "filter_female": ("Женские", "Female"),
    "filter_male": ("Мужские", "Male"),
    "filter_own": ("Мои", "Mine"),
    "new_voice": ("Новый голос", "New voice"),
    "new_voice_heading": ("Новый голос", "New voice"),
    "consent": (TEXTS[CURRENT]["ru"], TEXTS[CURRENT]["en"]),
    "create_voice": ("Создать голос", "Create the voice"),
    "text_label": ("Что сказать", "What to say"),
    "text_placeholder": ("Напишите текст по-русски…", "Type some Russian text…"),
    "example": ("Пример", "Example"),
    "swap": ("Вернуть прежний текст", "Bring back the text before"),
    "stress_hint": (
        "Ударение ставится знаком + перед гласной: з+амок, зам+ок.",
        "Set a stress with + before the vowel: з+амок, зам+ок.",
    ),
    "panels": ("О тексте", "About the text"),
    "said_open": ("Как прозвучит", "How it will sound"),
    "said_more": ("Показать дальше", "Show what follows"),
    "said_hint": (
        "Нажмите на гласную, чтобы перенести ударение: оно запишется в текст знаком +.",
        "Press a vowel to move the stress there: it is written into the text as +.",
    ),
    "dictionary_open": ("Мой словарь", "My dictionary"),
    "dictionary_hint": (
        (
            "Слова, которые нужно читать по-особому, во всех ваших текстах: ударение (звон+ит), другие слова "
            "(GM — джи эм) или звуки (/zvɐnʲˈit/). Каждая форма слова записывается отдельно."
        ),
        (
            "Words to be read your way in all your texts: a stress (звон+ит), other words (GM — джи эм) or "
            "sounds (/zvɐnʲˈit/). Each form of a word is an entry of its own."
        ),
    ),
    "dictionary_word": ("Слово", "Word"),
    "dictionary_said": ("Как читать", "How it is said"),
    "dictionary_save": ("Сохранить слово", "Save the word"),
    "dictionary_empty": ("В словаре пока нет слов.", "The dictionary has no words yet."),
    "marks_open": ("Знаки в тексте", "Marks in the text"),
    "marks_stress": ("ударение", "stress"),
    "marks_pause": ("пауза, до 60 секунд", "a pause, up to 60 seconds"),
    "marks_speed": ("темп, отсюда и дальше", "pace, from here on"),
    "marks_pitch": ("высота в полутонах", "pitch in semitones"),
    "marks_volume": ("громкость", "volume"),
    "marks_usual": ("снова как обычно", "back to the usual"),
    "marks_speaker": (
        "реплика другим голосом: имя, два двоеточия, текст до конца строки",
        "a line in another voice: its name, two colons, text to the end of the line",
    ),
    "marks_ssml": ("или разметка SSML целиком", "or a whole SSML document"),
    "speak": ("Озвучить", "Speak"),
    "cancel": ("Отменить", "Cancel"),
    "history_all": ("Вся история", "All history"),
    "download": ("Скачать", "Download"),
    "history_heading": ("Недавнее", "Recent"),
    "history_empty": (
        "Здесь появится всё, что вы озвучите. Это видите только вы.",
        "What you make will appear here. Only you can see it.",
    ),
}

SCRIPT: dict[str, tuple[str, str]] = {
    **recording.SCRIPT,
    "bank": ("из банка", "bank"),
    "own": ("мой", "mine"),
    "female": ("женский", "female"),
    "male": ("мужской", "male"),
    "listen": ("Прослушать: {name}", "Listen: {name}"),
    "stopListening": ("Остановить: {name}", "Stop: {name}"),
    "deleteVoice": ("Удалить голос {name}", "Delete voice {name}"),
    "deleteVoiceSure": (
        "Удалить голос «{name}»? Его записи и всё, что им озвучено, тоже будут удалены.",
        "Delete voice “{name}”? Its recordings and all that was said in it will go too.",
    ),
    "noVoices": ("Таких голосов пока нет.", "No such voices yet."),
    "previewFailed": ("Образец не прозвучал: {name}", "The preview did not play: {name}"),
    "speechFound": (
        "Ваш голос: речи в записях {seconds} с",
        "Your voice: {seconds} s of speech in its recordings",
    ),
    "characters": ("{count} из {limit}", "{count} of {limit}"),
    "aboutSeconds": ("≈ {time} речи", "≈ {time} of speech"),
    "overLimit": (
        "Слишком длинный текст: предел — {limit} знаков.",
        "The text is too long: the limit is {limit} characters.",
    ),
    "emptyText": ("Напишите текст, который нужно озвучить.", "Type the text to be spoken."),
    "noVoiceChosen": ("Выберите голос.", "Choose a voice."),
    "sending": ("Отправляем…", "Sending…"),
    "queued": ("В очереди…", "In the queue…"),
    "modelsLoading": (
        "Загружаем голоса: это нужно один раз после запуска, обычно меньше минуты.",
        "Loading the voices: needed once after a start, usually less than a minute.",
    ),
    "queuedLong": (
        "В очереди дольше обычного. Страницу можно закрыть: готовое появится в «Истории».",
        "In the queue longer than usual. You may close the page: the result will be in History.",
    ),
    "offlineWaiting": (
        "Сервер не отвечает, ждём его…",
        "The server does not answer, waiting for it…",
    ),
    "queuedBehind": ("В очереди, впереди: {count}", "In the queue, ahead of you: {count}"),
    "live": (
        "Готово предложений: {done} из {total}{left}. Можно слушать, пока готовится остальное.",
        "Sentences done: {done} of {total}{left}. Listen while the rest is being made.",
    ),
    "running": ("Готовим голос…", "Getting the voice ready…"),
    "progress": (
        "Предложений готово: {done} из {total}{left}",
        "Sentences done: {done} of {total}{left}",
    ),
    "timeLeft": ("осталось около {time}", "about {time} left"),
    "joining": (
        "Все предложения готовы, собираем файл…",
        "All sentences are there, making the file…",
    ),
    "done": ("Готово: {time}", "Ready: {time}"),
    "cancelled": ("Отменено.", "Cancelled."),
    "failed": ("Не получилось", "It did not work"),
    "repeat": ("Повторить с изменениями", "Repeat with changes"),
    "notFound": ("Этого результата больше нет.", "This result is no longer there."),
    "stateQueued": ("в очереди", "queued"),
    "stateRunning": ("в работе", "in progress"),
    "stateFailed": ("не получилось", "failed"),
    "stateCancelled": ("отменено", "cancelled"),
    "saidEmpty": (
        "Напишите текст, и здесь появится, как он прозвучит.",
        "Type some text to see how it will sound.",
    ),
    "saidWaiting": ("Разбираем текст…", "Reading the text…"),
    "saidNotTyped": (
        "Этого слова в тексте нет: так читается сокращение или число",
        "Not typed: a number or an abbreviation is read so",
    ),
    "stressVowel": (
        "Ударение на {letter}, слог {number}, слово {word}",
        "Stress on {letter}, syllable {number}, word {word}",
    ),
    "stressWritten": ("Записано в текст: {word}.", "Written into the text: {word}."),
    "keepWord": ("Запомнить {word} в словаре", "Keep {word} in the dictionary"),
    "wordKept": ("В словаре: {word}.", "In the dictionary: {word}."),
    "removeWord": ("Убрать {word} из словаря", "Remove {word} from the dictionary"),
    "needBoth": ("Напишите слово и то, как его читать.", "Type the word and how it is said."),
    "voiceDeleted": ("Голос «{name}» удалён.", "Voice “{name}” is deleted."),
}

EXAMPLES = (
    "Добрый вечер! Сегодня 21 ноября, за окном −5 °C, и первый снег ложится на крыши старого города.",
    "На вершине горы стоял старинный з+амок, а на его воротах висел ржавый зам+ок.",
    "Уважаемые пассажиры! Поезд № 104 отправляется в 18:45 с третьего пути. Счастливого пути!",
)
