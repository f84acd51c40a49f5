// The Batch page: texts or a file in, progress, a zip out.

import { get, post, postOnce, remove } from "./api.js";
import { contents, fittedFacts } from "./batchitems.js";
import { acceptDrops, byId, clock, isBusy, language, limits, make, number, say, setBusy, showError } from "./page.js";
import { Pager } from "./pager.js";
import { chosenSettings, setVoiceSettings, startSettings } from "./settings.js";

const KINDS = /\.(txt|docx|srt|csv)$/i;
const POLL_MILLISECONDS = 1500;
const SHOWN_BATCHES = 20;
const CHARACTERS_PER_SECOND = 13; // of Russian read aloud
const DRAFT_KEY = "batch"; // of this tab
const NOT_SAID = /^\d+$|^[\d:,. ]+-->.*$/gm; // numbers and times of subtitles

const form = byId("form");
const texts = byId("texts");
const voice = byId("voice");
const drop = byId("drop");
const list = byId("batches");
const errorBox = byId("error");
const status = byId("status");
const button = byId("start");

let file = null;
let fileCharacters = 0; // of a file that is text
let timer = 0;
let asked = 0;
const pager = new Pager(SHOWN_BATCHES, () => load().then(() => list.scrollIntoView({ block: "nearest" })));

const source = () => form.elements.source.value;
const lines = () => texts.value.split("\n").map((line) => line.trim()).filter(Boolean);

function showSource() {
  byId("of-texts").hidden = source() !== "texts";
  byId("of-file").hidden = source() !== "file";
}

function count() {
  const howMany = say("texts", { count: number.format(lines().length), limit: number.format(limits.texts) });
  byId("texts-count").textContent = [howMany, about(lines().join(" ").length)].filter(Boolean).join(" · ");
  byId("file-about").textContent = file ? about(fileCharacters) : "";
}

function about(characters) {
  return characters ? say("aboutSeconds", { time: clock(characters / CHARACTERS_PER_SECOND / chosenSettings().speed) }) : "";
}

async function measure() {
  const isText = file && !/\.docx$/i.test(file.name);
  fileCharacters = isText ? (await file.text()).replace(NOT_SAID, "").length : 0;
  count();
}

function take(chosen) {
  if (!chosen) return;
  const problem = problemOf(chosen);
  showError(errorBox, problem);
  file = problem ? null : chosen;
  byId("file-name").textContent = file?.name ?? "";
  measure();
}

/** What has been sent cannot be sent again by accident. */
function clear() {
  texts.value = byId("name").value = "";
  sessionStorage.removeItem(DRAFT_KEY);
  file = null;
  byId("file-name").textContent = "";
  measure();
}

function problemOf(chosen) {
  if (!KINDS.test(chosen.name)) return say("wrongFile");
  return chosen.size > limits.fileBytes ? say("fileTooLarge", { megabytes: limits.fileBytes / 2 ** 20 }) : "";
}

/** What stands in the way, with the field to go to; null when nothing does. */
function obstacle() {
  if (!voice.value) return { field: voice, message: say("needVoice") };
  if (source() === "file") return file ? null : { field: byId("file"), message: say("needFile") };
  const count = lines().length;
  if (!count) return { field: texts, message: say("needTexts") };
  return count > limits.texts ? { field: texts, message: say("tooManyTexts", { limit: number.format(limits.texts) }) } : null;
}

function order() {
  const settings = { voice: voice.value, name: byId("name").value.trim(), ...chosenSettings() };
  if (source() === "texts") return { ...settings, texts: lines() };
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...settings, split: byId("split").value })) body.set(name, value);
  body.set("file", file, file.name);
  return body;
}

async function send(event) {
  event.preventDefault();
  if (isBusy(button)) return;
  const gap = obstacle();
  showError(errorBox, gap?.message ?? "");
  if (gap) {
    gap.field.focus();
    return;
  }
  setBusy(button, true);
  status.textContent = say("sending");
  try {
    const told = (share) => { status.textContent = share < 1 ? say("uploading", { percent: say("percent", { value: number.format(Math.floor(100 * share)) }) }) : say("sending"); };
    await postOnce("batches/", order(), undefined, told);
    clear();
    status.textContent = say("started");
    pager.page = 1;
    await load();
  } catch (error) {
    status.textContent = "";
    showError(errorBox, error.message);
  } finally {
    setBusy(button, false);
  }
}

async function load() {
  clearTimeout(timer);
  const mine = ++asked;
  const answer = await get(`batches/?page_size=${SHOWN_BATCHES}&page=${pager.page}`).catch((error) => {
    if (pager.hasEmptied(error)) return load();
    showError(errorBox, error.message);
    return null;
  });
  if (!answer || mine !== asked) return;
  pager.draw(answer.count);
  const focused = document.activeElement?.closest("li")?.dataset.id;
  list.removeAttribute("aria-busy");
  list.replaceChildren(...answer.results.map(entry));
  byId("empty").hidden = answer.results.length > 0;
  if (focused) list.querySelector(`[data-id="${focused}"] :is(button, a, summary)`)?.focus();
  if (answer.results.some(isRunning)) timer = setTimeout(load, POLL_MILLISECONDS);
}

const isRunning = (batch) => batch.status === "running";
const nameOf = (batch) => batch.name || say("unnamed");

function entry(batch) {
  const { total, succeeded, failed } = batch.progress;
  const done = total - batch.progress.queued - batch.progress.running;
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const facts = [
    batch.status !== "succeeded" && say(batch.status),
    say("progress", { done: succeeded, total }),
    failed && say("failedSome", { count: failed }),
    batch.skipped.length && say("skippedSome", { count: batch.skipped.length }),
    ...fittedFacts(batch),
    batch.format,
    date.format(new Date(batch.created_at)),
  ];
  return make("li", { "data-id": batch.id },
    make("p", { class: "batch-name", text: nameOf(batch) }),
    isRunning(batch) && make("progress", { max: total, value: done, "aria-label": say("progress", { done, total }) }),
    make("p", { class: "quiet", text: facts.filter(Boolean).join(" · ") }),
    contents(batch),
    make("div", { class: "row" },
      batch.archive_url && make("a", { class: "button", href: batch.archive_url, download: true, text: say("archive") }),
      isRunning(batch)
        ? make("button", { type: "button", class: "button ghost", text: say("cancel"), "aria-label": say("cancelNamed", { name: nameOf(batch) }), onclick: () => cancel(batch) })
        : make("button", { type: "button", class: "button ghost", text: say("remove"), "aria-label": say("removeNamed", { name: nameOf(batch) }), onclick: () => dropBatch(batch) })));
}

async function after(change) {
  await change.catch((error) => showError(errorBox, error.message));
  await load();
}

const cancel = (batch) => after(post(`batches/${batch.id}/cancel/`));

async function dropBatch(batch) {
  if (!confirm(say("removeSure", { name: nameOf(batch) }))) return;
  await after(remove(`batches/${batch.id}/`));
  (list.querySelector("button") ?? texts).focus();
}

async function loadVoices() {
  const answer = await get("voices/?page_size=200");
  voice.replaceChildren(...answer.results.map((one) => make("option", { value: one.id, text: one.name })));
  const last = localStorage.getItem("voice");
  if (answer.results.some((one) => one.id === last)) voice.value = last;
  const apply = () => setVoiceSettings(answer.results.find((one) => one.id === voice.value));
  voice.addEventListener("change", apply);
  apply();
}

function start() {
  form.addEventListener("submit", send);
  for (const radio of form.elements.source) radio.addEventListener("change", showSource);
  texts.addEventListener("input", () => {
    count();
    sessionStorage.setItem(DRAFT_KEY, texts.value);
  });
  texts.value ||= sessionStorage.getItem(DRAFT_KEY) ?? "";
  byId("file").addEventListener("change", (event) => {
    take(event.target.files[0]);
    event.target.value = "";
  });
  acceptDrops(drop, ([dropped]) => take(dropped));
  startSettings(count);
  showSource();
  count();
  loadVoices().catch((error) => showError(errorBox, error.message));
  load();
}

start();
