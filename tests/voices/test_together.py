"""Short texts that wait together are said together, and each still ends by itself."""

import time

import pytest

from tests.conftest import delays_over
from tests.voices.asking import asked
from tests.voices.stored import result_get
from voices import engine
from voices.errors import Broken, Outage
from voices.metrics import counted
from voices.models import Job, Timestamps, UsageDay
from voices.owner import Owner
from voices.services.jobs.jobs import job_cancel
from voices.services.jobs.workers import worker_report
from voices.services.upkeep import runner
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("bank_voice")


@pytest.fixture
def batches(humming_engine, monkeypatch, messages):
    """How many texts the engine was given at once."""
    sizes, hum_many, hum = [], engine.speak_many, engine.speak

    def speak_many(orders):
        sizes.append(len(orders))
        with monkeypatch.context() as uncounted:
            uncounted.setattr(engine, "speak", hum)
            return hum_many(orders)

    def speak(*args, **kwargs):
        sizes.append(1)
        return hum(*args, **kwargs)

    monkeypatch.setattr(engine, "speak_many", speak_many)
    monkeypatch.setattr(engine, "speak", speak)
    return sizes


def waiting(*texts, name="a", **wish):
    return [asked(name, text, **wish) for text in texts]


def states():
    return "".join(job.status[0] for job in Job.objects.order_by("created_at"))


def test_those_behind_are_said_too_and_each_gets_its_own(batches):
    waiting("Раз.", "Два три.", timestamps=True)
    waiting("Четыре пять шесть.", name="b")
    job_run_next(queue="speech")
    assert (batches, states()) == ([3], "sss")
    lengths = [job.result.seconds for job in Job.objects.order_by("created_at")]
    assert lengths == [0.08, 0.16, 0.36]  # as long as its text, see `hum`
    assert Timestamps.objects.count() == 2
    assert sorted(UsageDay.objects.values_list("audio_seconds", flat=True)) == [0.24, 0.36]


def test_what_streams_is_long_or_was_tried_goes_alone(batches, settings):
    settings.JOBS_TOGETHER = 3
    waiting("Раз.")
    waiting("Поток.", stream=True)
    waiting("Сразу.", live=True)
    waiting("Слово. " * 60)
    tried, forgiven = waiting("Ещё раз.", "Не его вина.")
    Job.objects.filter(pk=tried.pk).update(attempts=1)
    Job.objects.filter(pk=forgiven.pk).update(attempts=1, forgiven=1)
    waiting("Новое.", "Последнее.")
    job_run_next(queue="speech")
    assert (batches, states()) == ([3], "sqqqqssq")
    for _ in range(4):
        job_run_next(queue="speech")
    assert (batches, states()) == ([3, 1, 1, 1], "sssssssq")  # the stream is made in parts


def test_a_batch_is_bounded_by_jobs_and_by_characters(batches, settings):
    settings.JOBS_TOGETHER = 3
    waiting(*["Коротко."] * 4, "Подлиннее. " * 15, "Подлиннее. " * 15)
    for _ in range(4):
        job_run_next(queue="speech")
    assert batches == [3, 2, 1]


def test_workers_share_what_waits(batches):
    for name in ("one", "two"):
        worker_report(name=name, queues=["speech"], engine_ready=True)
    worker_report(name="long", queues=["batch"])
    waiting(*["Коротко."] * 6)
    job_run_next(queue="speech")
    assert (batches, states()) == ([3], "sssqqq")


def test_alone_when_the_operator_wants_it(batches, settings):
    settings.JOBS_TOGETHER = 1
    waiting("Раз.", "Два.")
    job_run_next(queue="speech")
    assert (batches, states()) == ([1], "sq")


def test_one_that_cannot_be_said_does_not_take_the_others_along(batches, monkeypatch):
    hum_many = engine.speak_many

    def speak_many(orders):
        said = hum_many(orders)
        bad = Broken("broken", "broken", "сломано")
        return [
            bad if order.text == "Плохо." else one for order, one in zip(orders, said, strict=True)
        ]

    monkeypatch.setattr(engine, "speak_many", speak_many)
    waiting("Раз.", "Плохо.", "Три.")
    job_run_next(queue="speech")
    assert states() == "sfs"
    assert Job.objects.get(status="failed").error_code == "broken"


def test_one_whose_voice_is_gone_does_neither(batches):
    waiting("Раз.", "Два.")
    (voiceless,) = waiting("Голос удалён.")
    Job.objects.filter(pk=voiceless.pk).update(voice=None)
    job_run_next(queue="speech")
    assert states() == "ssf"
    assert Job.objects.get(status="failed").error_code == "voice_deleted"


def test_one_that_breaks_the_engine_breaks_alone(batches, monkeypatch):
    hum = engine.speak

    def speak(order, *args, **kwargs):
        if order.text == "Ошибка.":
            raise ZeroDivisionError
        return hum(order, *args, **kwargs)

    monkeypatch.setattr(engine, "speak", speak)
    monkeypatch.setattr(engine, "speak_many", lambda orders: [(speak(one), []) for one in orders])
    waiting("Раз.", "Ошибка.", "Три.")
    job_run_next(queue="speech")
    assert states() == "sfs"
    assert Job.objects.get(status="failed").error_code == "internal_error"


def test_nothing_is_said_while_the_disk_is_full(batches, monkeypatch):
    def full():
        raise Outage("storage_full", "full", "полон")

    monkeypatch.setattr(runner, "storage_room_check", full)
    waiting("Раз.", "Два.")
    job_run_next(queue="speech")
    assert (batches, states()) == ([], "qq")
    assert set(Job.objects.values_list("error_code", "forgiven")) == {("storage_full", 1)}


def test_each_is_counted_with_its_share_of_the_work(batches, monkeypatch):
    hum_many = engine.speak_many

    def slow(orders):
        time.sleep(0.4)
        return hum_many(orders)

    def seconds(name, **labels):
        return counted().get_sample_value(f"voiceclone_{name}_sum", labels) or 0.0

    def now():
        work = seconds("job_seconds", queue="speech", kind="speech", outcome="succeeded")
        return work, seconds("real_time_factor", queue="speech")

    monkeypatch.setattr(engine, "speak_many", slow)
    waiting("Раз.", "Два.")
    work, factor = now()
    job_run_next(queue="speech")
    spent, factors = now()[0] - work, now()[1] - factor
    assert 0.4 <= spent < 0.8  # each 0.2 s and what it takes to store
    assert factors >= 2 * 0.2 / 0.08


def test_one_that_is_cancelled_meanwhile_leaves_no_result(batches, monkeypatch):
    jobs, hum_many = waiting("Раз.", "Два."), engine.speak_many

    def speak_many(orders):
        job_cancel(owner=Owner(user_id=jobs[1].user_id), job_id=jobs[1].pk)
        return hum_many(orders)

    monkeypatch.setattr(engine, "speak_many", speak_many)
    job_run_next(queue="speech")
    assert (states(), result_get().job) == ("sc", jobs[0])


def test_a_gpu_that_fails_gives_all_of_them_back(batches, monkeypatch):
    def fail(_orders):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(engine, "speak_many", fail)
    monkeypatch.setattr("voices.engine.models.is_loaded", lambda: True)
    waiting("Раз.", "Два.", "Три.")
    with pytest.raises(SystemExit):
        job_run_next(queue="speech")
    rows = list(Job.objects.values_list("status", "error_code", "attempts"))
    assert rows == [("queued", "device_lost", 1)] * 3
    delays_over()
    job_run_next(queue="speech")
    assert batches == [1]  # and not with the others again
