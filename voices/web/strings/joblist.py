"""Words of a list of jobs, on every page that has one."""

TEMPLATE: dict[str, tuple[str, str]] = {}

SCRIPT: dict[str, tuple[str, str]] = {
    "cancel": ("Отменить", "Cancel"),
    "cancelNamed": ("Отменить: {name}", "Cancel: {name}"),
    "cancelled": ("отменено", "cancelled"),
    "failed": ("не получилось", "failed"),
    "loading": ("в очереди: модели загружаются", "queued: the models are loading"),
    "queued": ("в очереди", "queued"),
    "removeNamed": ("Удалить: {name}", "Delete: {name}"),
    "stageOf": ("шаг {number} из {total}", "step {number} of {total}"),
    "stage_": ("начинаем", "beginning"),
    "stage_fetching": ("начинаем", "beginning"),
    "stage_storing": ("сохраняем", "storing"),
    "timeLeft": ("осталось около {time}", "about {time} left"),
    "waitsFor": ("в очереди, впереди {count}", "queued, {count} before it"),
}
