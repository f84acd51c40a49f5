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

const preset = () => form.elements.preset.value;
const owned = (name) => byId(name).files[0];

function drawChosen() {
  const rows = song
    ? [chosenRow(say("again", { name: song.name }), song.name, () => { song = null; })]
    : files.map((file) => chosenRow(file.name, file.name, () => { files = files.filter((one) => one !== file); }));
  byId("chosen").replaceChildren(...rows);
}

const chosenRow = (text, name, drop) => make("li", {}, make("span", { text }),
  iconButton("trash", say("forget", { name }), () => {
    drop();
    drawChosen();
    byId("files").focus();
  }));

function take(added) {
  song = null;
  files = [...files, ...added];
  showError(errorBox, "");
  drawChosen();
}

/** The same song in another voice: nothing has to be sent, confirmed or taken apart again. */
export function useSong(job) {
  song = job;
  files = [];
  if (job.params.rights) rights.checked = true;
  drawChosen();
  form.scrollIntoView({ block: "start" });
  voice.focus();
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
  if (voice.value === REFERENCE && !owned("reference")) return { field: byId("reference"), message: say("needReference") };
  return rights.checked ? null : { field: rights, message: say("needRights") };
}

async function bodyOf(file, separating) {
  const body = new FormData();
  if (song) body.set("song", song.id);
  else if (file && file.size > limits.uploadBytes) body.set("upload", await sentInParts(file, (share) => told(file, share)));
  else if (file) body.set("audio", file, file.name);
  body.set("format", byId("format").value);
  const chosen = settings();
  if (separating) {
    if (chosen.preview_from !== null) body.set("preview_from", chosen.preview_from);
    return body;
  }
  body.set("preset", preset());
  body.set("settings", JSON.stringify(chosen));
  body.set("rights", "true");
  body.set("rights_version", pageData.rightsVersion);
  if (voice.value === REFERENCE) body.set("reference", owned("reference"), owned("reference").name);
  else body.set("voice", voice.value);
  for (const name of OWN_FILES) {
    if (owned(name) && !byId(name).disabled) body.set(name, owned(name), owned(name).name);
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
  const sent = [];
  for (const file of waiting) {
    try {
      const path = separating ? "separations/" : "conversions/";
      const job = await postOnce(path, await bodyOf(file, separating), undefined, (share) => told(file, share));
      sent.push(job.id);
      files = files.filter((one) => one !== file);
      drawChosen();
    } catch (error) {
      if (waiting.length === 1) showError(errorBox, error.message);
      else byId("failures").append(make("li", { text: say("failedFile", { name: file.name, message: error.message }) }));
    }
  }
  status.textContent = sent.length ? say("sent", { count: number.format(sent.length) }) : "";
  if (sent.length) song = null;
  drawChosen();
  for (const id of ["start", "separate"]) setBusy(byId(id), false);
  await made(sent);
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
