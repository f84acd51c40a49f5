// What its owner has made lately.

import { get, remove } from "./api.js";
import { isActive } from "./following.js";
import { byId, clock, icon, iconButton, make, say, showError } from "./page.js";
import { fillFrom, forgetJob, showPlayer } from "./speech.js";

const SHOWN = 6;
const POLL_MILLISECONDS = 3000; // while something is being made, here or in another tab
const STATES = { queued: "stateQueued", running: "stateRunning", failed: "stateFailed", cancelled: "stateCancelled" };

const list = byId("history");

let timer = 0;

export async function loadRecent() {
  clearTimeout(timer);
  const page = await get(`jobs/?kind=speech&batch=none&page_size=${SHOWN}`);
  list.replaceChildren(...page.results.map(entry));
  byId("history-empty").hidden = page.results.length > 0;
  if (page.results.some(isActive)) timer = setTimeout(() => loadRecent().catch(() => {}), POLL_MILLISECONDS);
}

function entry(job) {
  const state = job.audio ? clock(job.audio.seconds) : say(STATES[job.status]);
  return make("li", {},
    make("p", { class: "what", text: job.text, lang: "ru" }),
    job.error && make("p", { class: "why", text: job.error.message }),
    make("div", { class: "below" },
      make("span", { class: "quiet facts", text: `${state} · ${job.voice.name}` }),
      make("span", { class: "tools" }, ...tools(job))));
}

function tools(job) {
  const ended = !isActive(job);
  return [
    job.audio && iconButton("play", say("play"), () => {
      showPlayer(job);
      byId("player").scrollIntoView({ block: "nearest", behavior: "smooth" });
    }),
    job.audio && make("a", { class: "round small", href: job.audio.url, download: true, "aria-label": say("download"), title: say("download") }, icon("download")),
    iconButton("repeat", say("repeat"), () => fillFrom(job.id)),
    ended && iconButton("trash", say("remove"), () => drop(job)),
  ];
}

async function drop(job) {
  if (!confirm(say("removeSure"))) return;
  try {
    await remove(`jobs/${job.id}/`);
    forgetJob(job.id);
    await loadRecent();
    (list.querySelector("button") ?? byId("text")).focus();
  } catch (error) {
    showError(byId("speak-error"), error.message);
  }
}
