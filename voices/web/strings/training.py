"""Words of the page on which a voice is trained."""

TEMPLATE: dict[str, tuple[str, str]] = {
    "title": ("Обучение голоса — Голос", "Training a voice — Golos"),
    "heading": ("Обучение голоса", "Training a voice"),
    "lead": (
        (
            "Из подготовленных записей получается студийный голос: ближе к человеку, чем голос из нескольких секунд. "
            "Им говорят и в него переделывают чужую речь и песни. Обучение идёт само, его можно приостановить, а "
            "страницу — закрыть."
        ),
        (
            "Prepared recordings make a studio voice, closer to the person than one made of a few seconds. It speaks, "
            "and others' speech and songs are converted to it. The training runs by itself; it can be paused, and the "
            "page closed."
        ),
    ),
    "form_heading": ("Обучить", "Train"),
    "empty": (
        "Подготовленных записей пока нет: сначала соберите и подготовьте набор записей своего голоса.",
        "There are no prepared recordings yet: gather and prepare a dataset of your voice first.",
    ),
    "dataset": ("Голос и записи", "Voice and recordings"),
    "begin": ("Обучить голос", "Train the voice"),
    "settings": ("Настройки", "Settings"),
    "settings_usual": ("обычные подходят почти всем", "the usual ones suit almost everyone"),
    "name": ("Название", "Name"),
    "help_name": (
        "Чтобы отличать это обучение от других. Можно не указывать.",
        "To tell this training from others. It may be left out.",
    ),
    "trainings": ("Обучения", "Trainings"),
    "pause": ("Приостановить", "Pause"),
    "resume": ("Продолжить", "Go on"),
    "finish": ("Закончить сейчас", "Finish now"),
    "cancel": ("Отменить", "Cancel"),
    "delete": ("Удалить обучение", "Delete the training"),
    "plots_hint": (
        (
            "По горизонтали — шаги. Потери — на ваших записях; остальное измерено на записях, которых обучение не "
            "слышало: как голос говорит сам и как в него переделана чужая речь. Зелёная точка — лучшая из контрольных "
            "точек: обучение само закончится, когда лучше не становится."
        ),
        (
            "Steps run from left to right. Losses are on your recordings; the rest is measured on recordings that the "
            "training did not hear: how the voice speaks, and how others' speech is converted to it. The green dot is "
            "the best checkpoint: the training ends by itself when it gets no better."
        ),
    ),
    "checkpoints": ("Контрольные точки", "Checkpoints"),
    "checkpoints_hint": (
        (
            "Одни и те же предложения каждой из них, и одно, сказанное другим человеком и переделанное в этот голос. "
            "Лучшая выбирается сама, но решает ваш слух."
        ),
        (
            "The same sentences by each of them, and one that somebody else has said, converted to the voice. The best "
            "one is chosen by itself, but your ear decides."
        ),
    ),
}

# of each setting: its name, and what it does in plain words
SETTINGS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "epochs": (
        ("Эпох", "Epochs"),
        (
            (
                "Сколько раз обучение прослушает все записи. На десяти минутах главное выучено за 4; больше 20 редко "
                "помогает: когда лучше не становится, обучение заканчивается раньше."
            ),
            (
                "How often the training hears all recordings. With ten minutes of speech most is learned in 4; over 20 "
                "seldom helps: when it gets no better, the training ends earlier."
            ),
        ),
    ),
    "batch_frames": (
        ("Размер пакета, кадров", "Batch size, frames"),
        (
            "Сколько речи слышно за один шаг: 86 кадров — секунда. Больше — ровнее, но нужно больше памяти.",
            "How much speech one step hears: 86 frames are a second. More is smoother and needs more memory.",
        ),
    ),
    "learning_rate": (
        ("Скорость обучения", "Learning rate"),
        (
            "Как далеко ведёт каждый шаг. Слишком много — голос начнёт глотать слова, слишком мало — не изменится.",
            "How far each step goes. Too much, and the voice swallows words; too little, and it stays as it was.",
        ),
    ),
    "save_every": (
        ("Контрольная точка каждые, эпох", "A checkpoint every, epochs"),
        (
            "Как часто измерять голос и записывать образцы. Чаще — точнее выбор, но дольше обучение.",
            "How often the voice is measured and samples are made. More often gives a finer choice and takes longer.",
        ),
    ),
    "keep": (
        ("Хранить последних точек", "Newest checkpoints kept"),
        (
            "Лучшая хранится всегда, из остальных — столько последних: каждая занимает несколько мегабайт.",
            "The best one is always kept, of the others so many of the newest: each takes some megabytes.",
        ),
    ),
    "patience": (
        ("Терпение, точек", "Patience, checkpoints"),
        (
            "После скольких точек подряд без улучшения закончить. 0 — идти до последней эпохи.",
            "After so many checkpoints in a row without a better one it ends. 0: go on to the last epoch.",
        ),
    ),
    "base_share": (
        ("Доля общих фраз", "Share of common sentences"),
        (
            (
                "Сколько фраз, которых нет в ваших записях, приходится на каждую запись: голос говорит их сам и "
                "повторяет за другими. Они не дают ему разучиться говорить то, чего вы не читали."
            ),
            (
                "Sentences that are not in your recordings, for each of those: the voice says them itself and after "
                "others. They keep it able to say what you did not read."
            ),
        ),
    ),
    "layers": (
        ("Что меняется", "What changes"),
        (
            "«Все веса» измерены лучшими; хранится голос и тогда тонкой поправкой. Остальное меняет голос меньше.",
            (
                "“All weights” measured best; the voice is stored as a thin correction even then. The others change "
                "the voice less."
            ),
        ),
    ),
    "threads": (
        ("Потоков процессора", "Processor threads"),
        (
            "0 — сколько отвёл оператор. Меньше — медленнее, но остаётся место другим программам.",
            "0: as many as the operator gives. Fewer is slower and leaves room for other programs.",
        ),
    ),
    "device": (
        ("Устройство", "Device"),
        (
            "Само выберет видеокарту, если она есть: там обучение идёт в десятки раз быстрее.",
            "By itself it takes the GPU where there is one, on which a training is tens of times faster.",
        ),
    ),
}
CHOICES: dict[str, tuple[str, str]] = {
    "auto": ("само", "by itself"),
    "cpu": ("процессор", "processor"),
    "cuda": ("видеокарта", "GPU"),
    "voice": ("только вектор голоса", "the voice's vector only"),
    "norms": ("вектор и нормировки", "the vector and the norms"),
    "low_rank": ("тонкая поправка ко всем слоям", "a thin correction of all layers"),
    "all": ("все веса", "all weights"),
}

SCRIPT: dict[str, tuple[str, str]] = {
    "secondsShort": ("{count} с", "{count} s"),
    "minutesShort": ("{count} мин", "{count} min"),
    "hoursShort": ("{hours} ч {minutes} мин", "{hours} h {minutes} min"),
    "foretold": (
        "Займёт не больше {time}: так прикинуто по прошлому обучению здесь.",
        "It will take {time} at most, judging by the last training here.",
    ),
    "foretoldUsual": (
        "Займёт примерно {time} или меньше. Точнее станет видно с первых шагов.",
        "It will take about {time} or less. The first steps will tell more exactly.",
    ),
    "unnamed": ("Обучение", "Training"),
    "show": ("Открыть", "Open"),
    "showNamed": ("Открыть обучение «{name}»", "Open training “{name}”"),
    "status_queued": ("Ждёт очереди", "Waits for its turn"),
    "status_running": ("Идёт", "Running"),
    "status_pausing": ("Останавливается: дойдёт до конца шага", "Pauses at the end of this step"),
    "status_paused": (
        "Приостановлено. Всё сделанное сохранено",
        "Paused. All that is made is kept",
    ),
    "status_finishing": (
        "Заканчивается: голос зазвучит, как в лучшей точке",
        "Finishing: the voice will speak as the best checkpoint does",
    ),
    "status_succeeded": ("Закончено", "Finished"),
    "status_failed": ("Не удалось", "Failed"),
    "status_cancelled": ("Отменено", "Cancelled"),
    "stage_preparing": ("Разбираем записи…", "Reading the recordings…"),
    "stage_training": ("Эпоха {epoch} из {epochs}", "Epoch {epoch} of {epochs}"),
    "stage_measuring": (
        "Эпоха {epoch} из {epochs}: измеряем голос…",
        "Epoch {epoch} of {epochs}: measuring the voice…",
    ),
    "stage_before": ("Измеряем голос до обучения…", "Measuring the voice as it is…"),
    "left": ("осталось около {time}", "about {time} left"),
    "betterNow": (
        "Голос теперь звучит, как в лучшей контрольной точке.",
        "The voice now speaks as its best checkpoint does.",
    ),
    "noBetter": (
        "Лучше прежнего не стало, поэтому голос звучит, как звучал. Любую точку можно выбрать на слух.",
        "It got no better than before, so the voice speaks as it did. Any checkpoint can be chosen by ear.",
    ),
    "plotLoss": ("Потери", "Loss"),
    "plotMel": ("Расстояние до записей", "Distance to the recordings"),
    "plotSimilarity": ("Похожесть", "Likeness"),
    "plotErrors": ("Неверно расслышано звуков", "Sounds misheard"),
    "plotConversionSimilarity": ("Чужая речь: похожесть", "Others' speech: likeness"),
    "plotConversionErrors": ("Чужая речь: неверно расслышано", "Others' speech: misheard"),
    "checkpointBefore": ("До обучения", "Before the training"),
    "checkpointNamed": ("Точка {number}, эпоха {epoch}", "Checkpoint {number}, epoch {epoch}"),
    "similarityIs": ("похожесть {value}", "likeness {value}"),
    "errorsAre": ("неверно расслышано {value}", "misheard {value}"),
    "melIs": ("расстояние {value}", "distance {value}"),
    "conversionIs": (
        "чужая речь: похожесть {similarity}, неверно расслышано {errors}",
        "others' speech: likeness {similarity}, misheard {errors}",
    ),
    "best": ("лучшая", "best"),
    "sample": ("Образец {number}", "Sample {number}"),
    "sampleNamed": ("Слушать образец {number}: {name}", "Listen to sample {number}: {name}"),
    "converted": ("Чужая речь", "Others' speech"),
    "convertedNamed": (
        "Чужая речь, переделанная в голос: {name}",
        "Others' speech converted to the voice: {name}",
    ),
    "sampleFailed": ("Образец не прозвучал", "The sample did not play"),
    "activeNow": ("звучит сейчас", "speaks now"),
    "useThis": ("Выбрать", "Use"),
    "useNamed": ("Выбрать: {name}", "Use: {name}"),
    "chosen": ("Голос «{name}» теперь звучит так.", "Voice “{name}” speaks so now."),
    "finishSure": (
        "Закончить обучение сейчас? Голос зазвучит, как в лучшей из контрольных точек, и дальше учиться не будет.",
        "Finish the training now? The voice will speak as the best checkpoint does, and learn no further.",
    ),
    "cancelSure": (
        "Отменить обучение? Его контрольные точки будут удалены; выбранные версии голоса останутся.",
        "Cancel the training? Its checkpoints will be deleted; versions of the voice that were chosen stay.",
    ),
    "deleteSure": (
        "Удалить обучение с его контрольными точками и образцами? Версии голоса останутся.",
        "Delete the training with its checkpoints and samples? Versions of the voice stay.",
    ),
    "deleted": (
        "Удалено: {checkpoints}, {megabytes} МБ.",
        "Deleted: {checkpoints}, {megabytes} MB.",
    ),
    # one|few|many|other
    "checkpointCount": (
        "контрольная точка|контрольные точки|контрольных точек|контрольной точки",
        "checkpoint|checkpoints|checkpoints|checkpoints",
    ),
}
