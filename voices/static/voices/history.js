// The History page: one's results with search, filters and pages; all of it stands in the address.
// Texts of batches are shown when they are looked for: by words, or by ?batch=.

import { get, post, remove } from "./api.js";
import { byId, clock, icon, iconButton, language, make, number, say, showError, timeLeft } from "./page.js";
import { Pager } from "./pager.js";
import { hidePlayer, showJob } from "./player.js";

const PAGE_SIZE = 20;
const QUIET_MILLISECONDS = 350; // after the last key
const POLL_MILLISECONDS = 2000; // while something is being made
const EXCERPT = 60;
const PAGES = { conversion: "conversion", separation: "conversion", song: "singing", alignment: "lyrics" }; // of their own

const list = byId("results");
const errorBox = byId("error");
const fields = { search: byId("search"), voice: byId("voice"), status: byId("status") };

let batch = new URLSearchParams(location.search).get("batch"); // the only one whose texts are shown
let asked = 0;
let timer = 0;
let playing = null; // the job in the player

const pager = new Pager(PAGE_SIZE, () => load().then(() => list.scrollIntoView({ block: "nearest" })));

const wanted = () => Object.fromEntries([
  ...Object.entries(fields).map(([name, field]) => [name, field.value.trim()]),
  ["batch", batch],
].filter(([, value]) => value));

function readAddress() {
  const given = new URLSearchParams(location.search);
  const voice = given.get("voice"); // kept while the names of voices are on their way
  if (voice) fields.voice.append(make("option", { value: voice, text: "…" }));
  for (const [name, field] of Object.entries(fields)) {
    if (given.has(name)) field.value = given.get(name); // else what was typed before this script came
  }
  pager.page = Math.max(1, Number(given.get("page")) || 1);
}

function writeAddress() {
  const query = new URLSearchParams(wanted());
  if (pager.page > 1) query.set("page", pager.page);
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

async function load() {
  clearTimeout(timer);
  const mine = ++asked;
  writeAddress();
  const scope = fields.search.value.trim() ? {} : { batch: "none" };
  const query = new URLSearchParams({ kind: "history", page_size: PAGE_SIZE, page: pager.page, ...scope, ...wanted() });
  list.setAttribute("aria-busy", "true");
  try {
    const answer = await get(`jobs/?${query}`);
    if (mine === asked) draw(answer);
  } catch (error) {
    if (mine !== asked) return;
    if (pager.hasEmptied(error)) {
      load();
      return;
    }
    list.removeAttribute("aria-busy");
    showError(errorBox, error.message);
  }
}

function draw(answer) {
  const filtered = Object.keys(wanted()).length > 0;
  showError(errorBox, "");
  list.removeAttribute("aria-busy");
  list.replaceChildren(...answer.results.map(entry));
  byId("found").textContent = answer.count ? say("found", { count: number.format(answer.count) }) : "";
  byId("empty").hidden = answer.count > 0 || filtered;
  byId("nothing").hidden = answer.count > 0 || !filtered;
  byId("of-batch").hidden = !batch;
  pager.draw(answer.count);
  if (answer.results.some((job) => isActive(job))) timer = setTimeout(load, POLL_MILLISECONDS);
}

const isActive = (job) => ["queued", "running"].includes(job.status);

function state(job) {
  if (job.audio) return `${clock(job.audio.seconds)} · ${job.audio.format}`;
  if (job.status === "succeeded") return ""; // without a sound of its own
  if (job.status === "queued") return say("stateQueued");
  if (job.status === "failed") return say("stateFailed");
  if (job.status === "cancelled") return say("stateCancelled");
  const { done, total } = job.progress;
  return [say("stateRunning", { done, total: total || "…" }), timeLeft(job)].filter(Boolean).join(", ");
}

function facts(job) {
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const { speed, pitch } = job.params;
  return [
    job.voice.name,
    state(job),
    speed && speed !== 1 && say("faster", { value: number.format(speed) }),
    pitch && say("pitched", { value: `${pitch > 0 ? "+" : ""}${number.format(pitch)}` }),
    date.format(new Date(job.created_at)),
    job.expires_at && say("expires", { date: date.format(new Date(job.expires_at)) }),
  ].filter(Boolean).join(" · ");
}

function batchOf(job) {
  return job.batch && !batch ? [" · ", make("a", { href: `?batch=${job.batch}`, text: say("ofBatch") })] : [];
}

function entry(job) {
  const what = job.kind === "training" ? say("trainingNamed", { name: job.name }) : job.text || job.name;
  const text = what.length > EXCERPT ? `${what.slice(0, EXCERPT)}…` : what;
  const listen = job.audio
    ? iconButton("play", say("playText", { text }), () => play(job), "round")
    : make("span", { class: "round blank", "aria-hidden": "true" });
  return make("li", { class: job.id === playing ? "playing" : "", "data-id": job.id },
    listen,
    make("div", {},
      make("p", { class: "what", text: what, lang: "ru" }),
      job.error && make("p", { class: "why", text: job.error.message }),
      make("p", { class: "quiet" }, facts(job), ...batchOf(job))),
    make("div", { class: "tools" }, ...tools(job, text)));
}

function tools(job, text) {
  const download = say("downloadText", { text });
  const repeat = say("repeat");
  return [
    job.audio && make("a", { class: "round small", href: job.audio.url, download: true, "aria-label": download, title: download }, icon("download")),
    job.kind === "speech" && make("a", { class: "round small", href: `/?from=${job.id}`, "aria-label": `${repeat}: ${text}`, title: repeat }, icon("repeat")),
    job.kind === "training" && make("a", { class: "round small", href: `/training/?training=${job.id}`, "aria-label": say("open", { text }), title: say("open", { text }) }, icon("search")),
    job.kind in PAGES && make("a", { class: "round small", href: `/${PAGES[job.kind]}/?job=${job.id}`, "aria-label": `${say("stems")}: ${text}`, title: say("stems") }, icon("file")),
    isActive(job)
      ? iconButton("stop", say("cancelText", { text }), () => drop(job))
      : iconButton("trash", say("removeText", { text }), () => drop(job)),
  ];
}

function play(job) {
  playing = job.id;
  for (const item of list.children) item.classList.toggle("playing", item.dataset.id === job.id);
  hidePlayer();
  showJob(job, { play: true });
}

async function drop(job) {
  const ended = !isActive(job);
  if (ended && !confirm(say("removeSure"))) return;
  const place = [...list.children].findIndex((item) => item.dataset.id === job.id);
  try {
    await (ended ? remove(`jobs/${job.id}/`) : post(`jobs/${job.id}/cancel/`));
  } catch (error) {
    showError(errorBox, error.message);
    return;
  }
  if (playing === job.id && ended) {
    playing = null;
    hidePlayer();
  }
  await load();
  if (ended) byId("found").textContent = say("removed");
  const next = list.children[Math.min(place, list.children.length - 1)]; // focus stays where it was
  (next?.querySelector(".tools button") ?? fields.search).focus();
}

async function loadVoices() {
  const answer = await get("voices/?page_size=200");
  const chosen = fields.voice.value;
  const options = answer.results.map((voice) => make("option", { value: voice.slug ?? voice.id, text: voice.name }));
  fields.voice.replaceChildren(fields.voice.options[0], ...options);
  fields.voice.value = chosen;
}

function start() {
  readAddress();
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("input", (event) => {
    pager.page = 1;
    clearTimeout(timer);
    timer = setTimeout(load, event.target === fields.search ? QUIET_MILLISECONDS : 0);
  });
  byId("clear").addEventListener("click", () => {
    for (const field of Object.values(fields)) field.value = "";
    batch = null;
    pager.page = 1;
    load();
    fields.search.focus();
  });
  loadVoices().catch((error) => showError(errorBox, error.message));
  load();
}

start();
