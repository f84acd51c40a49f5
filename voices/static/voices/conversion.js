// The page of songs: what was asked for, how far it is stage by stage, and what came of it.

import { get, post, remove } from "./api.js";
import { startForm, useSong } from "./conversionform.js";
import { hideMixer, showMixer, startMixer } from "./mixer.js";
import { byId, clock, language, make, say, showError, timeLeft } from "./page.js";
import { Pager } from "./pager.js";

const PAGE_SIZE = 10;
const POLL_MILLISECONDS = 1000;
const STAGES = {
  conversion: ["separating", "listening", "pitch", "learning", "converting", "mixing", "reporting", "storing"],
  separation: ["separating", "encoding", "storing"],
};

const list = byId("made");
const errorBox = byId("error");

let timer = 0;
let asked = 0;
let shown = null; // id of the job in the mixer
const awaited = new Set(); // to be shown when they are made
const pager = new Pager(PAGE_SIZE, () => load().then(() => list.scrollIntoView({ block: "nearest" })));

const isActive = (job) => ["queued", "running"].includes(job.status);

async function load() {
  clearTimeout(timer);
  const mine = ++asked;
  const answer = await get(`jobs/?kind=songs&page_size=${PAGE_SIZE}&page=${pager.page}`).catch((error) => {
    if (pager.hasEmptied(error)) return load();
    showError(errorBox, error.message);
    timer = setTimeout(load, 5 * POLL_MILLISECONDS);
    return null;
  });
  if (!answer || mine !== asked) return;
  pager.draw(answer.count);
  const focused = document.activeElement?.closest("li[data-id]");
  const place = focused ? [focused.dataset.id, [...focused.querySelectorAll("button, a")].indexOf(document.activeElement)] : null;
  list.removeAttribute("aria-busy");
  list.replaceChildren(...answer.results.map(entry));
  byId("empty").hidden = answer.count > 0;
  if (place) list.querySelector(`[data-id="${place[0]}"]`)?.querySelectorAll("button, a")[place[1]]?.focus();
  for (const job of answer.results) showWhenMade(job);
  if (answer.results.some(isActive)) timer = setTimeout(load, POLL_MILLISECONDS);
}

function showWhenMade(job) {
  if (isActive(job)) awaited.add(job.id);
  else if (awaited.delete(job.id) && job.status === "succeeded") open(job);
}

function open(job) {
  shown = job.id;
  for (const item of list.children) item.classList.toggle("playing", item.dataset.id === shown);
  showMixer(job);
}

function state(job) {
  const { stage, ahead, models_loading: loading } = job.progress;
  if (job.status === "queued") {
    if (loading) return say("loading");
    return ahead ? say("waitsFor", { count: ahead }) : say("queued");
  }
  if (job.status === "running") {
    const stages = STAGES[job.kind];
    const step = stages.indexOf(stage) + 1;
    return [say(`stage_${stage}`), step && say("stageOf", { number: step, total: stages.length }), timeLeft(job)].filter(Boolean).join(" · ");
  }
  if (job.status !== "succeeded") return say(job.status);
  return `${clock(job.audio.seconds)} · ${job.audio.format}`;
}

function facts(job) {
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  return [
    job.voice.name || say("separation"),
    job.params.settings.preview_from != null && say("ofPreview"),
    state(job),
    date.format(new Date(job.created_at)),
  ].filter(Boolean).join(" · ");
}

const buttonOf = (style, text, label, onclick) => make("button", { type: "button", class: style, text, "aria-label": label, onclick });

function entry(job) {
  const { done, total } = job.progress;
  const named = (key) => say(key, { name: job.name });
  return make("li", { "data-id": job.id, class: job.id === shown ? "playing" : "" },
    make("p", { class: "song-name", text: job.name }),
    isActive(job) && make("progress", { max: total || 1, value: total ? done : false, "aria-label": state(job) }),
    make("p", { class: "quiet", text: facts(job) }),
    job.error && make("p", { class: "why", text: job.error.message }),
    make("div", { class: "row" },
      job.status === "succeeded" && buttonOf("button", say("open"), named("openNamed"), () => {
        open(job);
        byId("mixer").scrollIntoView({ block: "nearest" });
      }),
      !isActive(job) && buttonOf("button ghost", say("another"), named("anotherNamed"), () => useSong(job)),
      isActive(job)
        ? buttonOf("button ghost", say("cancel"), named("cancelNamed"), () => after(post(`jobs/${job.id}/cancel/`)))
        : buttonOf("button ghost", say("remove"), named("removeNamed"), () => drop(job))));
}

async function drop(job) {
  if (!confirm(say("removeSong", { name: job.name }))) return;
  if (shown === job.id) {
    shown = null;
    hideMixer();
  }
  await after(remove(`jobs/${job.id}/`));
  (list.querySelector("button") ?? byId("files")).focus();
}

async function after(change) {
  await change.catch((error) => showError(errorBox, error.message));
  await load();
}

function sent(ids) {
  for (const id of ids) awaited.add(id);
  pager.page = 1;
  return load();
}

async function openAsked() {
  const id = new URLSearchParams(location.search).get("job");
  if (!id) return;
  const job = await get(`jobs/${id}/`);
  if (job.status === "succeeded") open(job);
}

startMixer();
startForm(sent);
load().then(openAsked).catch((error) => showError(errorBox, error.message));
