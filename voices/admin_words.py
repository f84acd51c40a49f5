"""Words of the operator's pages, Russian beside English: of models and their fields, of filters and actions.

Models keep their plain names, so that words need no migrations; `models_name` gives them these.
"""

from typing import Any

from django.apps import AppConfig
from django.utils.functional import lazystr
from django.utils.translation import get_language


class _Words:
    def __init__(self, ru: str, en: str) -> None:
        self.ru, self.en = ru, en

    def __str__(self) -> str:
        return self.ru if get_language() == "ru" else self.en


def words(ru: str, en: str) -> Any:
    """Chosen when it is shown, in the language of the page."""
    return lazystr(_Words(ru, en))


# model: one, several
MODELS = {
    "voice": ("голос", "голоса"),
    "recording": ("запись", "записи"),
    "job": ("задание", "задания"),
    "comparison": ("сравнение вслепую", "сравнения вслепую"),
    "checkpoint": ("контрольная точка", "контрольные точки"),
    "batch": ("пакет", "пакеты"),
    "consentrecord": ("согласие на голос", "согласия на голоса"),
    "voiceconsent": ("согласие впрок, из API OpenAI", "согласия впрок, из API OpenAI"),
    "apikey": ("ключ API", "ключи API"),
    "usageday": ("день использования", "использование по дням"),
    "worker": ("обработчик", "обработчики"),
    "quota": ("квота", "квоты"),
    "account": ("аккаунт", "аккаунты"),
    "dataset": ("набор записей", "наборы записей"),
    "livesession": ("разговор чужим голосом", "разговоры чужим голосом"),
}
FIELDS = {
    "name": "имя", "name_ru": "имя по-русски", "slug": "краткое имя", "status": "состояние", "kind": "вид",
    "queue": "очередь", "queues": "очереди", "user": "пользователь", "visitor": "посетитель", "voice": "голос",
    "voice_name": "имя голоса", "error_code": "ошибка", "error_status": "статус ошибки", "created_at": "создано",
    "started_at": "начато", "finished_at": "закончено", "seen_at": "последний отклик", "gender": "пол",
    "language": "язык", "licence": "лицензия", "attribution": "источник", "is_bank": "из банка",
    "description": "описание", "description_ru": "описание по-русски", "spoken_consent_at": "устное согласие",
    "text_version": "версия текста", "text": "текст", "given_at": "дано", "address": "адрес", "source": "откуда",
    "prefix": "начало ключа", "scopes": "что разрешено", "last_used_at": "использован",
    "revoked_at": "отозван", "day": "день", "characters": "знаков", "jobs": "заданий",
    "audio_seconds": "секунд звука", "engine_ready": "голоса загружены", "trouble": "неполадка",
    "attempts": "попыток", "params": "настройки", "format": "формат", "batch": "пакет", "position": "место",
    "email_confirmed_at": "почта подтверждена", "closing_since": "закрывается с", "user_name": "имя пользователя",
    "characters_per_day": "знаков в день", "jobs_waiting": "заданий в очереди", "voices": "голосов",
    "storage_megabytes": "файлов, МБ", "work_seconds_per_day": "работы в день, с",
    "dataset_hours": "записей для обучения, ч",
    "progress_stage": "чем занят", "progress_done": "сделано",
    "progress_total": "всего", "seconds_left": "осталось, с", "parts_ready": "частей готово",
    "last_step": "последний шаг",
    "request_id": "номер запроса",
    "paused": "пропускает других", "held": "отдыхает по просьбе", "finishing": "заканчивает по просьбе",
    "worked_seconds": "работы, с", "forgiven": "попыток не в счёт",
    "dispatched_at": "можно брать с", "lease_expires_at": "занято до", "error_en": "ошибка по-английски",
    "error_ru": "ошибка по-русски", "error_details": "подробности ошибки", "track_notes": "замечания к дорожке",
    "state": "состояние", "settings": "настройки", "job": "задание",
    "changed_at": "изменено", "prepared_at": "подготовлено",
    "user_agent": "программа", "facts": "подробности",
    "ended_at": "закончено", "beat_at": "последний отклик", "seconds": "секунд", "rights": "подтверждённые права",
    "version": "версия",
}  # fmt: skip


def models_name(config: AppConfig) -> None:
    """Called once, when the models are there."""
    for model in config.get_models():
        meta = model._meta
        if meta.model_name in MODELS:
            one, several = MODELS[meta.model_name]
            meta.verbose_name = words(one, str(meta.verbose_name))
            meta.verbose_name_plural = words(several, str(meta.verbose_name_plural))
        for field in meta.fields:
            if field.name in FIELDS:
                field.verbose_name = words(FIELDS[field.name], str(field.verbose_name))
