"""Words of the operator's overview."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "overview": ("Обзор", "Overview"),
    "queues": ("Очереди", "Queues"),
    "queue": ("Очередь", "Queue"),
    "queued": ("Ждут", "Waiting"),
    "running": ("В работе", "Running"),
    "oldest": ("Дольше всех ждёт, с", "Longest wait, s"),
    "none": ("Ничего.", "Nothing."),
    "workers": ("Обработчики", "Workers"),
    "worker": ("Обработчик", "Worker"),
    "alive": ("Откликается", "Alive"),
    "ready": ("Голоса загружены", "Models loaded"),
    "yes": ("да", "yes"),
    "no": ("нет", "no"),
    "disk": ("Диск", "Disk"),
    "disk_free": ("Свободно, ГБ", "Free, GB"),
    "disk_of": ("из", "of"),
    "failures": ("Не удалось за сутки", "Failed within a day"),
    "code": ("Ошибка", "Error"),
    "count": ("Заданий", "Jobs"),
}

SCRIPT: dict[str, tuple[str, str]] = {}
