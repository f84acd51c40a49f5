// The page of the live voice: who is to be heard, how, what the delay is, and what was said.

import { get, post } from "./api.js";
import { startTalk } from "./livetalk.js";
import { byId, clock, make, number, pageData, plural, say, showError } from "./page.js";
import { wavFile } from "./wavefile.js";

const voice = byId("voice");
const button = byId("start");
const status = byId("status");
const errorBox = byId("error");
const level = byId("level");
const sliders = [...document.querySelectorAll("[data-unit]")];

let talk = null;
let starting = false;
let startedAt = 0;

const semitones = (value) => `${value > 0 ? "+" : ""}${number.format(value)} ${plural("semitones", Math.abs(value))}`;
const milliseconds = (seconds) => say("milliseconds", { value: number.format(Math.round(1000 * seconds)) });
const UNITS = {
  semitones,
  milliseconds,
  seconds: (value) => say("seconds", { value: number.format(value) }),
  decibels: (value) => say("decibels", { value: number.format(value) }),
  percent: (value) => say("percent", { value: number.format(Math.round(100 * value)) }),
};

function drawSettings() {
  const auto = byId("transpose-auto").checked;
  byId("transpose").disabled = auto || talk !== null;
  byId("transpose-value").textContent = auto ? say("autoPitch") : semitones(Number(byId("transpose").value));
  for (const slider of sliders) byId(`${slider.id}-value`).textContent = UNITS[slider.dataset.unit](Number(slider.value));
}

function settings() {
  const chosen = Object.fromEntries(sliders.map((slider) => [slider.id, Number(slider.value)]));
  if (!byId("transpose-auto").checked) chosen.transpose = Number(byId("transpose").value);
  return chosen;
}

/** What a talk was begun with stays as it is until it is over. */
function lock(locked) {
  for (const field of byId("form").querySelectorAll("select, input")) field.disabled = locked;
  drawSettings();
}

async function begin() {
  if (!byId("rights").checked) {
    showError(errorBox, say("needRights"));
    byId("rights").focus();
    return;
  }
  showError(errorBox, "");
  byId("recording").hidden = true;
  status.textContent = say("connecting");
  const microphone = await openMicrophone();
  try {
    const ticket = await post("live/", { voice: voice.value, rights: true, rights_version: pageData.rightsVersion, ...settings() });
    talk = await startTalk({
      ticket, microphone, told, over, output: byId("output").value, keep: byId("keep").checked,
      level: (power) => { level.value = Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-10) + 60) / 50)); },
    });
  } catch (error) {
    microphone.getTracks().forEach((track) => track.stop());
    throw error;
  }
  startedAt = performance.now();
  lock(true);
  button.textContent = say("stop");
  for (const style of ["recording", "ghost"]) button.classList.add(style);
  level.hidden = false;
  listOutputs();
}

async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) throw new Error(say("unsupported"));
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  } catch (error) {
    throw new Error(say(error.name === "NotFoundError" ? "microphoneMissing" : "microphoneDenied"));
  }
}

function told(type, facts) {
  if (type === "preparing") status.textContent = say("preparing");
  if (type === "ready") status.textContent = say("speaking");
  if (type !== "report" || !talk) return;
  const parts = talk.delay(facts);
  for (const [name, seconds] of Object.entries(parts)) byId(`part-${name}`).textContent = milliseconds(seconds);
  byId("delay").textContent = milliseconds(Object.values(parts).reduce((sum, seconds) => sum + seconds, 0));
  byId("blocks").textContent = say("blocksTold", facts);
  byId("delay-none").hidden = true;
  byId("parts").hidden = false;
  if (byId("transpose-auto").checked && facts.semitones !== null) {
    byId("transpose-value").textContent = say("settled", { value: semitones(facts.semitones) });
  }
}

function over(reason) {
  button.textContent = say("start");
  for (const style of ["recording", "ghost"]) button.classList.remove(style);
  level.hidden = true;
  status.textContent = say("ended", { time: clock((performance.now() - startedAt) / 1000) });
  if (reason) showError(errorBox, reason);
  if (talk?.said.length && talk.came.length) offer();
  talk = null;
  lock(false);
}

/** What was said and what came of it, to hear and to keep. */
function offer() {
  const files = { said: wavFile(talk.said, talk.rate), came: wavFile(talk.came, talk.rate, { voice: voice.selectedOptions[0].text }) };
  for (const [id, file] of Object.entries(files)) {
    URL.revokeObjectURL(byId(id).src);
    byId(id).src = byId(`${id}-download`).href = URL.createObjectURL(file);
  }
  byId("recording").hidden = false;
}

/** Names of outputs are told once the microphone may be used; a virtual cable is one of them. */
async function listOutputs() {
  if (!("setSinkId" in AudioContext.prototype)) return;
  const outputs = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === "audiooutput" && one.deviceId && one.deviceId !== "default");
  const known = new Set([...byId("output").options].map((option) => option.value));
  byId("output").append(...outputs.filter((one) => !known.has(one.deviceId)).map((one) => make("option", { value: one.deviceId, text: one.label })));
  byId("output-field").hidden = outputs.length === 0;
}

async function toggle(event) {
  event.preventDefault();
  if (talk) {
    talk.stop();
    return;
  }
  if (starting) return;
  starting = true;
  await begin().catch((error) => {
    status.textContent = "";
    showError(errorBox, error.message);
  });
  starting = false;
}

async function loadVoices() {
  const { results } = await get("voices/?page_size=200");
  voice.replaceChildren(...results.map((one) => make("option", { value: one.id, text: one.name })));
}

byId("form").addEventListener("submit", toggle);
byId("form").addEventListener("input", drawSettings);
drawSettings();
loadVoices().catch((error) => showError(errorBox, error.message));
