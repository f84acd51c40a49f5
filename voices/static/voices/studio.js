// The Studio page: which dataset it is about; reading, uploads, the list, preparing and the report hang on that.

import { get, post, remove } from "./api.js";
import { byId, make, say, showError } from "./page.js";
import { startPreparing } from "./preparing.js";
import { startReading } from "./reading.js";
import { startReport } from "./report.js";
import { startTakes } from "./takes.js";
import { startUploads } from "./sending.js";

const select = byId("datasets");
const title = byId("title");
const newForm = byId("new-dataset");
const newOpen = byId("new-open");
const CHOSEN = "dataset"; // in localStorage

let datasets = [];
let parts = [];

const complain = (message) => showError(byId("error"), message);
const chosen = () => datasets.find((one) => one.id === select.value);

async function all(path) {
  const found = [];
  for (let next = path; next;) {
    const page = await get(next);
    found.push(...page.results);
    next = page.next?.replace(/^.*\/api\/v1\//, "");
  }
  return found;
}

async function load(wanted) {
  const voices = await all("voices/?own=true&page_size=200");
  datasets = await all("datasets/?page_size=200");
  byId("of-voice").replaceChildren(...voices.map((voice) => make("option", { value: voice.id, text: voice.name })));
  byId("no-voice").hidden = voices.length > 0;
  byId("chooser").hidden = datasets.length === 0;
  newOpen.hidden = voices.length === 0;
  showNew(voices.length > 0 && datasets.length === 0);
  select.replaceChildren(...datasets.map((one) => make("option", { value: one.id, text: `${one.title} · ${one.voice.name}` })));
  const last = wanted ?? localStorage.getItem(CHOSEN);
  if (datasets.some((one) => one.id === last)) select.value = last;
  show();
}

function showNew(open) {
  newForm.hidden = !open;
  newOpen.setAttribute("aria-expanded", String(open));
}

function show() {
  const dataset = chosen();
  byId("studio").hidden = byId("report").hidden = !dataset;
  byId("consent-note").hidden = !dataset || dataset.voice.spoken_consent;
  if (!dataset) return;
  localStorage.setItem(CHOSEN, dataset.id);
  for (const part of parts) part.show(dataset);
}

/** What has changed a dataset calls this: the parts draw it as it is now. */
async function refresh() {
  const id = select.value;
  if (!id) return;
  const fresh = await get(`datasets/${id}/`);
  datasets = datasets.map((one) => (one.id === id ? fresh : one));
  if (select.value === id) for (const part of parts) part.changed(fresh);
}

async function create(event) {
  event.preventDefault();
  complain(title.value.trim() ? "" : say("needTitle"));
  if (!title.value.trim()) return title.focus();
  try {
    const made = await post("datasets/", { voice: byId("of-voice").value, title: title.value });
    title.value = "";
    await load(made.id);
    byId("read-heading").scrollIntoView({ block: "center" });
    byId("record").focus();
  } catch (error) {
    complain(error.message);
  }
}

async function drop() {
  const dataset = chosen();
  if (!dataset || !confirm(say("deleteSure", { title: dataset.title }))) return;
  try {
    await remove(`datasets/${dataset.id}/`);
    await load();
    byId("dataset-heading").focus();
  } catch (error) {
    complain(error.message);
  }
}

parts = [startReading(refresh), startUploads(refresh), startTakes(refresh), startPreparing(refresh), startReport(refresh)];
select.addEventListener("change", show);
newOpen.addEventListener("click", () => {
  showNew(newForm.hidden);
  if (!newForm.hidden) title.focus();
});
newForm.addEventListener("submit", create);
byId("delete-dataset").addEventListener("click", drop);
load().catch((error) => complain(error.message));
