// Sentences to read aloud, one after the other: each recording is judged at once, and coverage grows.

import { get, post } from "./api.js";
import { byId, number, say, setBusy } from "./page.js";
import { dropRecording, startRecorder } from "./recorder.js";

const SHORTEST_SECONDS = 0.8;
const AHEAD = 20; // sentences asked for at once

const box = byId("sentence");
const verdict = byId("read-verdict");
const record = byId("record");

export function startReading(refresh) {
  let dataset = null;
  let sentences = [];
  let at = 0;

  function draw() {
    box.textContent = sentences[at] ?? say("allRead");
    record.disabled = !sentences.length;
  }

  function tell(words, bad = false) {
    verdict.textContent = words;
    verdict.classList.toggle("bad", bad);
  }

  async function ask() {
    const mine = dataset.id;
    const answer = await get(`datasets/${mine}/sentences/?count=${AHEAD}`);
    if (mine !== dataset.id) return;
    sentences = answer.sentences;
    at = 0;
    const { share } = answer.coverage;
    byId("coverage").value = share;
    const percent = say("percent", { value: number.format(Math.floor(100 * share)) });
    byId("coverage-words").textContent = say("coverageIs", { percent, count: number.format(answer.read) });
    draw();
  }

  async function send(file) {
    const mine = dataset.id;
    const body = new FormData();
    body.set("sentence", sentences[at]);
    body.set("recording", file, file.name);
    tell(say("checking"));
    setBusy(record, true);
    try {
      const take = await post(`datasets/${mine}/takes/`, body);
      if (mine !== dataset.id) return;
      const taken = take.state === "accepted";
      tell(taken ? say("accepted") : say("again", { reason: take.reasons.map((one) => one.message).join("; ") }), !taken);
      if (taken) await ask();
      await refresh();
    } catch (error) {
      tell(error.message, true);
    } finally {
      setBusy(record, false);
    }
  }

  startRecorder({ take: send, complain: (message) => tell(message, true), shortest: SHORTEST_SECONDS });
  byId("other-sentence").addEventListener("click", () => {
    dropRecording();
    at = (at + 1) % Math.max(1, sentences.length);
    tell("");
    draw();
  });

  return {
    show(shown) {
      dropRecording();
      dataset = shown;
      tell("");
      ask().catch((error) => tell(error.message, true));
    },
    changed(fresh) {
      const fewer = fresh.takes.accepted < dataset.takes.accepted;
      dataset = fresh;
      if (fewer) ask().catch((error) => tell(error.message, true)); // a sentence is to be read again
    },
  };
}
