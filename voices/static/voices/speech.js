// Step 2: text, settings, progress, player.

import { get, post, remove } from "./api.js";
import { byId, clock, limits, number, pageData, plural, say, showError, wait } from "./page.js";
import { chosenVoice } from "./voices.js";

const CHARACTERS_PER_SECOND = 13; // of Russian read aloud
const ACTIVE = ["queued", "running"];

const form = byId("speak-form");
const text = byId("text");
const speed = byId("speed");
const pitch = byId("pitch");
const button = byId("speak");
const working = byId("working");
const bar = byId("progress");
const status = byId("progress-text");
const errorBox = byId("speak-error");
const player = byId("player");
const audio = byId("audio");

let current = null; // the job that runs
let shown = null; // the job in the player
let onFinished = () => {};

export function setText(value) {
  text.value = value;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
}

function count() {
  const length = [...text.value].length;
  const over = length > limits.text;
  const line = [say("characters", { count: number.format(length), limit: number.format(limits.text) })];
  if (length) line.push(say("aboutSeconds", { time: clock(length / CHARACTERS_PER_SECOND / speed.value) }));
  byId("text-count").textContent = line.join(" · ");
  byId("text-count").classList.toggle("over", over);
  text.setAttribute("aria-invalid", String(over));
}

function showSettings() {
  const semitones = Number(pitch.value);
  byId("speed-value").textContent = `${number.format(speed.value)}×`;
  byId("pitch-value").textContent = `${semitones > 0 ? "+" : ""}${number.format(semitones)} ${plural("semitones", Math.abs(semitones))}`;
  count();
}

/** What stands in the way; "" when nothing does. */
function obstacle() {
  if (!text.value.trim()) return say("emptyText");
  if ([...text.value].length > limits.text) return say("overLimit", { limit: number.format(limits.text) });
  return chosenVoice() ? "" : say("noVoiceChosen");
}

async function speak(event) {
  event.preventDefault();
  if (button.disabled) return; // Ctrl+Enter comes here whatever the button says
  const problem = obstacle();
  showError(errorBox, problem);
  if (problem) {
    text.focus();
    return;
  }
  begin();
  try {
    current = await post("jobs/", {
      text: text.value,
      voice: chosenVoice().id,
      format: byId("format").value,
      speed: Number(speed.value),
      pitch: Number(pitch.value),
    });
    finish(await followed(current));
  } catch (error) {
    status.textContent = "";
    showError(errorBox, error.message);
  } finally {
    current = null;
    working.hidden = true;
    button.disabled = false;
    onFinished();
  }
}

function begin() {
  button.disabled = true;
  working.hidden = false;
  player.hidden = true;
  audio.pause();
  bar.removeAttribute("value");
  status.textContent = say("sending");
}

/** Poll until the job ends; a short silence of the server is forgiven. */
async function followed(job) {
  let pause = 150;
  let silent = 0;
  onFinished();
  while (ACTIVE.includes(job.status)) {
    showProgress(job);
    await wait(pause);
    pause = Math.min(pause * 1.2, 1000);
    try {
      job = await get(`jobs/${job.id}/`);
      silent = 0;
    } catch (error) {
      silent += 1;
      if (error.status !== 0 || silent > 10) throw error;
    }
  }
  return job;
}

function showProgress(job) {
  const { sentences_done: done, sentences_total: total, ahead } = job.progress;
  if (job.status === "queued") status.textContent = ahead ? say("queuedBehind", { count: ahead }) : say("queued");
  else if (total) {
    bar.max = total;
    bar.value = done;
    status.textContent = say("progress", { done, total });
  } else status.textContent = say("running");
}

function finish(job) {
  if (job.status === "succeeded") {
    status.textContent = say("done", { time: clock(job.audio.seconds) });
    showPlayer(job, { play: true });
  } else if (job.status === "cancelled") status.textContent = say("cancelled");
  else {
    status.textContent = "";
    showError(errorBox, `${say("failed")}. ${job.error.message}`);
  }
}

/** Put a finished job into the player. */
export function showPlayer(job, { play = false } = {}) {
  shown = job.id;
  byId("player-title").textContent = `${job.voice.name} · ${clock(job.audio.seconds)}`;
  audio.src = job.audio.url;
  byId("download").href = job.audio.url;
  player.hidden = false;
  if (play) audio.play().catch(() => {}); // the browser may want a click first
}

/** Take a deleted job out of the player. */
export function forgetJob(id) {
  if (shown !== id) return;
  audio.pause();
  audio.removeAttribute("src");
  player.hidden = true;
}

async function cancel() {
  if (!current) return;
  try {
    await remove(`jobs/${current.id}/`);
  } catch (error) {
    showError(errorBox, error.message);
  }
}

export function startSpeaking({ finished }) {
  onFinished = finished;
  let example = 0;
  form.addEventListener("submit", speak);
  byId("cancel").addEventListener("click", cancel);
  text.addEventListener("input", count);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  for (const input of [speed, pitch]) input.addEventListener("input", showSettings);
  byId("example").addEventListener("click", () => setText(pageData.examples[example++ % pageData.examples.length]));
  showSettings();
}
