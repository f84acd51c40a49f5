"""Words of every page: navigation, errors, what scripts of all pages say."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "product": ("Голос", "Golos"),
    "title": ("Голос — русская речь любым голосом", "Golos — Russian speech in any voice"),
    "lead": (
        "Выберите голос или запишите свой, напишите текст — и скачайте mp3.",
        "Pick a voice or record your own, type Russian text, download the mp3.",
    ),
    "skip": ("К содержанию", "Skip to content"),
    "menu": ("Меню", "Menu"),
    "navigation": ("Разделы", "Sections"),
    "nav_speak": ("Озвучить", "Speak"),
    "nav_voices": ("Голоса", "Voices"),
    "nav_my_voices": ("Мои голоса", "My voices"),
    "nav_history": ("История", "History"),
    "nav_batch": ("Пакетом", "Batch"),
    "nav_detect": ("Проверка", "Detect"),
    "nav_account": ("Аккаунт", "Account"),
    "docs": ("API", "API"),
    "other_language": ("English", "Русский"),
    "close": ("Закрыть", "Close"),
    "privacy": (
        ("Записи и результаты видны только вам. Созданная речь помечена как искусственная."),
        "Only you can see your recordings and results. Generated speech is marked as artificial.",
    ),
    "no_script": ("Для этой страницы нужен JavaScript.", "This page needs JavaScript."),
    "error_404": ("Такой страницы нет", "There is no such page"),
    "error_500": ("Что-то сломалось у нас", "Something broke on our side"),
    "home": ("На главную", "Home"),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "offline": (
        "Сервер не отвечает. Проверьте соединение и попробуйте ещё раз.",
        "The server does not answer. Check the connection and try again.",
    ),
    "play": ("Слушать", "Play"),
    "pause": ("Пауза", "Pause"),
    "download": ("Скачать", "Download"),
    "remove": ("Удалить", "Delete"),
    "close": ("Закрыть", "Close"),
}
