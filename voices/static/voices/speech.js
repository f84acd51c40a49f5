// Text, settings, progress, player.

import { get, post, postOnce } from "./api.js";
import { replaceDraft, startDraft } from "./draft.js";
import { follow, isActive } from "./following.js";
import { byId, clock, isBusy, limits, number, pageData, say, setBusy, showError, timeLeft } from "./page.js";
import { hidePlayer, playLive, showJob } from "./player.js";
import { chosenSettings, startSettings } from "./settings.js";
import { chosenVoice } from "./voices.js";

const CHARACTERS_PER_SECOND = 13; // of Russian read aloud
const LONG_MILLISECONDS = 20_000; // at the head of the queue: nobody seems to work
const JOB_KEY = "job"; // of this tab: what it was waiting for when it was reloaded

const form = byId("speak-form");
const text = byId("text");
const button = byId("speak");
const working = byId("working");
const bar = byId("progress");
const status = byId("progress-text");
const errorBox = byId("speak-error");

let current = null; // the job that runs
let shown = null; // the job in the player
let unwanted = false; // cancelled before the server has answered
let begunAt = 0; // when it was ordered
let onFinished = () => {};

/** Fill the form with what a job was made of. */
export async function fillFrom(id) {
  const job = await get(`jobs/${id}/`);
  replaceDraft({ text: job.text, voice: job.voice.id, settings: job.params });
}

function count() {
  const length = [...text.value].length;
  const over = length > limits.text;
  const line = [say("characters", { count: number.format(length), limit: number.format(limits.text) })];
  if (length) line.push(say("aboutSeconds", { time: clock(length / CHARACTERS_PER_SECOND / chosenSettings().speed) }));
  byId("text-count").textContent = line.join(" · ");
  byId("text-count").classList.toggle("over", over);
  text.setAttribute("aria-invalid", String(over));
}

/** What stands in the way; "" when nothing does. */
function obstacle() {
  if (!text.value.trim()) return say("emptyText");
  if ([...text.value].length > limits.text) return say("overLimit", { limit: number.format(limits.text) });
  return chosenVoice() ? "" : say("noVoiceChosen");
}

async function speak(event) {
  event.preventDefault();
  if (isBusy(button)) return; // Ctrl+Enter comes here whatever the button says
  const problem = obstacle();
  showError(errorBox, problem);
  if (problem) {
    text.focus();
    return;
  }
  begin();
  const voice = chosenVoice();
  const live = playLive(voice.name);
  byId("player").scrollIntoView({ block: "nearest", behavior: "smooth" });
  await work(live, () => postOnce("jobs/", {
    text: text.value,
    voice: voice.id,
    ...chosenSettings(),
    live: true,
  }, showLost));
}

/** Take up again what the tab was waiting for when it was reloaded. */
async function resume() {
  const id = sessionStorage.getItem(JOB_KEY);
  if (!id) return;
  const job = await get(`jobs/${id}/`).catch(() => null);
  if (!job) {
    sessionStorage.removeItem(JOB_KEY);
    return;
  }
  begin();
  const live = isActive(job) && job.params.live ? playLive(job.voice.name) : null;
  await work(live, async () => job);
}

/** Follow a job to its end; `order` brings it. */
async function work(live, order) {
  try {
    current = await order();
    sessionStorage.setItem(JOB_KEY, current.id);
    onFinished();
    if (unwanted) await cancel();
    finish(await follow(current, { progress: showProgress, lost: showLost, live }));
  } catch (error) {
    status.textContent = "";
    hidePlayer();
    showError(errorBox, error.message);
  } finally {
    current = null;
    if (working.contains(document.activeElement)) button.focus();
    working.hidden = true;
    setBusy(button, false);
    onFinished();
  }
}

function begin() {
  setBusy(button, true);
  working.hidden = false;
  shown = null;
  unwanted = false;
  hidePlayer();
  bar.removeAttribute("value");
  status.textContent = say("sending");
  begunAt = Date.now();
}

function showProgress(job) {
  const { done, total, ahead } = job.progress;
  if (job.status === "queued") {
    const long = Date.now() - begunAt > LONG_MILLISECONDS;
    if (job.progress.models_loading) status.textContent = say("modelsLoading");
    else status.textContent = ahead ? say("queuedBehind", { count: ahead }) : say(long ? "queuedLong" : "queued");
  } else if (total) {
    bar.max = total;
    bar.value = done;
    const left = timeLeft(job);
    status.textContent = say(stage(job), { done, total, left: left && `, ${left}` });
  } else status.textContent = say(job.progress.models_loading ? "modelsLoading" : "running");
}

function stage(job) {
  const { done, total } = job.progress;
  if (done === total) return "joining";
  return job.params.live ? "live" : "progress";
}

function showLost() {
  status.textContent = say("offlineWaiting");
}

function finish(job) {
  if (job.status === "succeeded") {
    status.textContent = say("done", { time: clock(job.audio.seconds) });
    shown = job.id;
    showJob(job, { play: !job.params.live });
    return;
  }
  sessionStorage.removeItem(JOB_KEY);
  hidePlayer();
  status.textContent = job.status === "cancelled" ? say("cancelled") : "";
  if (job.error) showError(errorBox, `${say("failed")}. ${job.error.message}`);
}

/** Put a finished job into the player. */
export function showPlayer(job) {
  if (current) return; // the player belongs to what is being made
  shown = job.id;
  hidePlayer();
  showJob(job, { play: true });
}

/** Take a deleted job out of the player. */
export function forgetJob(id) {
  if (sessionStorage.getItem(JOB_KEY) === id) sessionStorage.removeItem(JOB_KEY);
  if (shown === id) hidePlayer();
}

async function cancel() {
  hidePlayer(); // and no more pieces are asked for
  unwanted = true;
  if (!current) return; // it is on its way: cancelled when the answer is there
  try {
    await post(`jobs/${current.id}/cancel/`);
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
  startSettings(count);
  byId("example").addEventListener("click", () => {
    const { examples } = pageData;
    replaceDraft({ text: examples[example++ % examples.length] }, { worthless: examples.includes(text.value) });
  });
  startDraft();
  count();
  resume();
}
