// What is asked for: songs, a voice, a kind of recording, and settings in plain words.

import { get, postOnce } from "./api.js";
import { acceptDrops, byId, iconButton, isBusy, limits, make, number, pageData, plural, say, setBusy, showError } from "./page.js";
import { sentInParts } from "./parts.js";

const form = byId("form");
const voice = byId("voice");
const rights = byId("rights");
const status = byId("status");
const errorBox = byId("error");
const SLIDERS = ["key_shift", "index_rate", "protect", "rms_mix"];
const OWN_FILES = ["vocals", "accompaniment", "f0"];
const REFERENCE = "reference";

const usual = Object.fromEntries(SLIDERS.map((name) => [name, byId(name).value]));

let files = [];
let song = null; // an earlier job whose song is used again
let curve = null; // its pitch as it was edited

const preset = () => form.elements.preset.value;
const owned = (name) => byId(name).files[0];

function drawChosen() {
  const again = song && [
    chosenRow(say("again", { name: song.name }), song.name, () => { song = curve = null; }),
    ...(curve ? [chosenRow(say("ownCurve", { name: curve.name }), curve.name, () => { curve = null; })] : []),
  ];
  const rows = again || files.map((file) => chosenRow(file.name, file.name, () => { files = files.filter((one) => one !== file); }));
  byId("chosen").replaceChildren(...rows);
}

const chosenRow = (text, name, drop) => make("li", {}, make("span", { text }),
  iconButton("trash", say("forget", { name }), () => {
    drop();
    drawChosen();
    byId("files").focus();
  }));

function take(added) {
  song = curve = null;
  files = [...files, ...added];
  showError(errorBox, "");
  drawChosen();
}

/** The same song in another voice: nothing has to be sent, confirmed or taken apart again. */
export function useSong(job) {
  song = job;
  curve = null;
  files = [];
  if (job.params.rights) rights.checked = true;
  drawChosen();
  form.scrollIntoView({ block: "start" });
  voice.focus();
}

/** The same once more, with its pitch as it was edited. */
export function useCurve(job, file) {
  const chosen = job.params.settings;
  form.elements.preset.value = chosen.preset ?? "song";
  for (const name of SLIDERS) byId(name).value = chosen[name] ?? usual[name];
  byId("f0_method").value = chosen.f0_method ?? "";
  // moved by as much as before: the median of what was edited is another
  byId("transpose-auto").checked = false;
  byId("transpose").value = job.params.semitones - (chosen.key_shift ?? 0);
  byId("preview").checked = chosen.preview_from != null;
  byId("preview-field").hidden = !byId("preview").checked;
  if (chosen.preview_from != null) byId("preview-from").value = chosen.preview_from;
  if ([...voice.options].some((one) => one.value === job.voice.id)) voice.value = job.voice.id;
  byId("f0").value = "";
  drawPreset();
  useSong(job);
  curve = file;
  drawChosen();
}

const words = {
  transpose: (value) => (byId("transpose-auto").checked ? say("autoPitch") : semitones(value)),
  key_shift: (value) => (value ? semitones(value) : say("usual")),
  index_rate: (value) => percent(value),
  protect: (value) => percent(2 * value),
  rms_mix: (value) => percent(value),
};
const percent = (value) => say("percent", { value: number.format(Math.round(100 * value)) });
const semitones = (value) => `${value > 0 ? "+" : ""}${number.format(value)} ${plural("semitones", Math.abs(value))}`;
const labelOf = (name) => form.querySelector(`label[for="${name}"]`).firstChild.textContent.trim();

function drawSettings() {
  byId("transpose").disabled = byId("transpose-auto").checked;
  const changed = [];
  for (const name of ["transpose", ...SLIDERS]) {
    const shown = words[name](Number(byId(name).value));
    byId(`${name}-value`).textContent = shown;
    const isUsual = name === "transpose" ? byId("transpose-auto").checked : byId(name).value === usual[name];
    if (!isUsual) changed.push(say("settingIs", { name: labelOf(name), value: shown }));
  }
  byId("settings-summary").textContent = changed.join(", ") || say("allUsual");
}

function drawPreset() {
  byId("preset-about").textContent = say(`about_${preset()}`);
  const speech = preset() === "speech";
  for (const name of ["key_shift", "vocals", "accompaniment"]) byId(name).disabled = speech;
  if (speech) byId("key_shift").value = 0;
  drawSettings();
}

function settings() {
  const chosen = { preview_from: byId("preview").checked ? Number(byId("preview-from").value) : null };
  if (!byId("transpose-auto").checked) chosen.transpose = Number(byId("transpose").value);
  for (const name of SLIDERS) if (byId(name).value !== usual[name]) chosen[name] = Number(byId(name).value);
  if (byId("f0_method").value) chosen.f0_method = byId("f0_method").value;
  return chosen;
}

/** What stands in the way, with the field to go to; null when nothing does. */
function obstacle(separating) {
  const something = files.length || song || (!separating && preset() !== "speech" && owned("vocals"));
  if (!something) return { field: byId("files"), message: say("needSong") };
  if (separating) return null;
  const own = isBatch(files, separating) && OWN_FILES.find((name) => owned(name) && !byId(name).disabled);
  if (own) return { field: byId(own), message: say("ownOfMany") };
  if (voice.value === REFERENCE && !owned("reference")) return { field: byId("reference"), message: say("needReference") };
  return rights.checked ? null : { field: rights, message: say("needRights") };
}

async function bodyOf(file, separating) {
  const body = new FormData();
  if (song) body.set("song", song.id);
  else if (file && file.size > limits.uploadBytes) body.set("upload", await sentInParts(file, (share) => told(file, share)));
  else if (file) body.set("audio", file, file.name);
  if (separating) {
    body.set("format", byId("format").value);
    const { preview_from: from } = settings();
    if (from !== null) body.set("preview_from", from);
    return body;
  }
  setVoice(body);
  for (const name of OWN_FILES) {
    if (owned(name) && !byId(name).disabled) body.set(name, owned(name), owned(name).name);
  }
  if (song && curve) body.set("f0", curve, curve.name);
  return body;
}

/** In which voice and how: the same for one recording and for many. */
function setVoice(body) {
  body.set("format", byId("format").value);
  body.set("preset", preset());
  body.set("settings", JSON.stringify(settings()));
  body.set("rights", "true");
  body.set("rights_version", pageData.rightsVersion);
  if (voice.value === REFERENCE) body.set("reference", owned("reference"), owned("reference").name);
  else body.set("voice", voice.value);
}

/** One form for all files; those that do not fit into it go before it, in parts. */
async function batchBody(some) {
  const body = new FormData();
  setVoice(body);
  let room = limits.uploadBytes - (owned("reference")?.size ?? 0);
  for (const file of some) {
    if (file.size <= room) {
      body.append("audio", file, file.name);
      room -= file.size;
    } else body.append("upload", await sentInParts(file, (share) => told(file, share)));
  }
  return body;
}

function told(file, share) {
  if (!file || share >= 1) return;
  status.textContent = say("uploading", { name: file.name, percent: percent(share) });
}

async function send(event, separating, made) {
  event.preventDefault();
  if (isBusy(byId("start"))) return;
  const gap = obstacle(separating);
  showError(errorBox, gap?.message ?? "");
  if (gap) {
    gap.field.focus();
    return;
  }
  for (const id of ["start", "separate"]) setBusy(byId(id), true);
  byId("failures").replaceChildren();
  const waiting = song || !files.length ? [null] : [...files];
  const sent = isBatch(waiting, separating) ? await sendBatch(waiting) : await sendEach(waiting, separating);
  status.textContent = sent.count ? say("sent", { count: number.format(sent.count) }) : "";
  if (sent.count) song = curve = null;
  drawChosen();
  for (const id of ["start", "separate"]) setBusy(byId(id), false);
  await made(sent.ids);
}

const isZip = (file) => /\.zip$/i.test(file?.name ?? "");
const isBatch = (some, separating) => !separating && (some.length > 1 || isZip(some[0]));

async function sendEach(waiting, separating) {
  const ids = [];
  for (const file of waiting) {
    try {
      const path = separating ? "separations/" : "conversions/";
      const job = await postOnce(path, await bodyOf(file, separating), undefined, (share) => told(file, share));
      ids.push(job.id);
      files = files.filter((one) => one !== file);
      drawChosen();
    } catch (error) {
      fail(waiting, file, error.message);
    }
  }
  return { ids, count: ids.length };
}

async function sendBatch(waiting) {
  const good = waiting.filter((file) => file.size);
  for (const file of waiting.filter((one) => !one.size)) fail(waiting, file, say("emptyFile"));
  if (!good.length) return { ids: [], count: 0 };
  try {
    await postOnce("conversions/batches/", await batchBody(good), undefined, (share) => told(good[0], share));
  } catch (error) {
    showError(errorBox, error.message);
    return { ids: [], count: 0 };
  }
  files = files.filter((file) => !good.includes(file));
  return { ids: [], count: good.length };
}

function fail(waiting, file, message) {
  if (waiting.length === 1) showError(errorBox, message);
  else byId("failures").append(make("li", { text: say("failedFile", { name: file.name, message }) }));
}

async function loadVoices() {
  const answer = await get("voices/?page_size=200");
  const known = answer.results.map((one) => make("option", { value: one.id, text: one.name }));
  voice.replaceChildren(...known, make("option", { value: REFERENCE, text: say("referenceVoice") }));
  const last = localStorage.getItem("voice");
  if (answer.results.some((one) => one.id === last)) voice.value = last;
}

/** Wire the form; `made` hears the ids of the jobs that were made. */
export function startForm(made) {
  form.addEventListener("submit", (event) => send(event, false, made));
  byId("separate").addEventListener("click", (event) => send(event, true, made));
  byId("files").addEventListener("change", (event) => {
    take([...event.target.files]);
    event.target.value = "";
  });
  acceptDrops(byId("drop"), take);
  for (const radio of form.elements.preset) radio.addEventListener("change", drawPreset);
  for (const name of ["transpose", "transpose-auto", ...SLIDERS]) byId(name).addEventListener("input", drawSettings);
  byId("preview").addEventListener("change", (event) => { byId("preview-field").hidden = !event.target.checked; });
  voice.addEventListener("change", () => { byId("reference-field").hidden = voice.value !== REFERENCE; });
  drawPreset();
  loadVoices().catch((error) => showError(errorBox, error.message));
}
