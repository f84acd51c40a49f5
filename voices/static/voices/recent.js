// What this browser has made lately.

import { get, remove } from "./api.js";
import { byId, clock, icon, iconButton, make, say } from "./page.js";
import { forgetJob, setText, showPlayer } from "./speech.js";

const SHOWN = 20;
const STATES = { queued: "stateQueued", running: "stateRunning", failed: "stateFailed", cancelled: "stateCancelled" };

const list = byId("history");

export async function loadHistory() {
  const page = await get(`jobs/?kind=speech&page_size=${SHOWN}`);
  list.replaceChildren(...page.results.map(entry));
  byId("history-empty").hidden = page.results.length > 0;
}

function entry(job) {
  const state = job.audio ? clock(job.audio.seconds) : say(STATES[job.status]);
  return make("li", {},
    make("p", { class: "what", text: job.text, lang: "ru" }),
    job.error && make("p", { class: "why", text: job.error.message }),
    make("div", { class: "below" },
      make("span", { class: "quiet facts", text: `${job.voice.name} · ${state}` }),
      make("span", { class: "tools" }, ...tools(job))));
}

function tools(job) {
  const ended = !["queued", "running"].includes(job.status);
  return [
    job.audio && iconButton("play", say("play"), () => {
      showPlayer(job, { play: true });
      byId("player").scrollIntoView({ block: "nearest" });
    }),
    job.audio && make("a", { class: "round small", href: job.audio.url, download: true, "aria-label": say("download"), title: say("download") }, icon("download")),
    iconButton("repeat", say("repeat"), async () => setText((await get(`jobs/${job.id}/`)).text)),
    ended && iconButton("trash", say("remove"), async () => {
      await remove(`jobs/${job.id}/`);
      forgetJob(job.id);
      await loadHistory();
    }),
  ];
}
