"""The filesystem broker of the embedded default."""

import pytest
from kombu import Connection, Queue

from voiceclone.broker import Transport


@pytest.fixture
def connection(tmp_path):
    options = {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "control"),
    }
    (tmp_path / "messages").mkdir()
    with Connection("filesystem://", transport=Transport, transport_options=options) as opened:
        yield opened


def bodies(queue):
    found = []
    while (message := queue.get(block=False)) if not queue_empty(queue) else None:
        found.append(message.payload)
        message.ack()
    return found


def queue_empty(queue):
    return queue.qsize() == 0


def test_messages_come_in_the_order_they_were_sent(connection):
    queue = connection.SimpleQueue(Queue("speech", routing_key="speech"))
    for number in range(5):
        queue.put({"number": number})
    assert [body["number"] for body in bodies(queue)] == [0, 1, 2, 3, 4]


def test_queues_do_not_take_each_other_s_messages(connection):
    speech = connection.SimpleQueue(Queue("speech", routing_key="speech"))
    batch = connection.SimpleQueue(Queue("batch", routing_key="batch"))
    batch.put("long")
    assert queue_empty(speech)
    assert bodies(batch) == ["long"]


def test_a_worker_of_several_queues_empties_the_first_first(connection):
    names, heard = ["speech", "batch"], []
    queues = [Queue(name, routing_key=name) for name in names]
    for _ in range(2):
        for queue in reversed(queues):
            connection.SimpleQueue(queue).put({"queue": queue.name})

    def hear(body, message):
        heard.append(body["queue"])
        message.ack()

    with connection.Consumer(queues, callbacks=[hear], accept=["json"]):
        for _ in range(4):
            connection.drain_events(timeout=1)
    assert heard == ["speech", "speech", "batch", "batch"]


def test_a_message_half_written_is_not_seen(connection, tmp_path):
    queue = connection.SimpleQueue(Queue("speech", routing_key="speech"))
    (tmp_path / "messages" / "1_x.speech.msg.partial").write_text("{")
    assert queue_empty(queue)


def test_nothing_stays_behind(connection, tmp_path):
    queue = connection.SimpleQueue(Queue("speech", routing_key="speech"))
    queue.put("one")
    bodies(queue)
    assert list((tmp_path / "messages").iterdir()) == []
