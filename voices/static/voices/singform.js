// How a score is to be sung: by whom, how high, how fast, with what beside it.

import { get, post, postOnce } from "./api.js";
import { byId, isBusy, make, number, pageData, plural, say, setBusy, showError } from "./page.js";
import { currentScore, hasOthers, hasWords, partNumber, showEarlier, startScore } from "./scoreedit.js";

const REFERENCE = "reference";
const SUITS_MILLISECONDS = 700; // after the last change of a note

const form = byId("form");
const voice = byId("voice");
const rights = byId("rights");
const errorBox = byId("error");

let voices = [];
let chosen = localStorage.getItem("voice");
let suits = new Map(); // by the id of a voice
let timer = 0;
let asked = 0;

const percent = (value) => say("percent", { value: number.format(Math.round(100 * value)) });
const shiftWords = (value) => (value ? `${value > 0 ? "+" : "−"}${number.format(Math.abs(value))} ${plural("semitones", Math.abs(value))}` : say("noShift"));

const words = {
  transpose: (value) => (byId("transpose-auto").checked ? say("autoPitch") : shiftWords(value)),
  tempo: (value) => say("timesAs", { value: number.format(value) }),
  vibrato: (value) => percent(value),
};

function drawSettings() {
  byId("transpose").disabled = byId("transpose-auto").checked;
  for (const [name, told] of Object.entries(words)) byId(`${name}-value`).textContent = told(Number(byId(name).value));
}

function drawVoices() {
  if (!voices.length) return; // they are on their way
  const place = new Map([...suits.keys()].map((id, index) => [id, index]));
  const ordered = [...voices].sort((one, other) => (place.get(one.id) ?? voices.length) - (place.get(other.id) ?? voices.length));
  voice.replaceChildren(...ordered.map((one) => {
    const suit = suits.get(one.id);
    const text = suit ? say("voiceSuits", { name: one.name, number: suit.number, shift: shiftWords(suit.semitones) }) : one.name;
    return make("option", { value: one.id, text });
  }), make("option", { value: REFERENCE, text: say("referenceVoice") }));
  if ([...voice.options].some((option) => option.value === chosen)) voice.value = chosen;
  drawSuit();
}

function drawSuit() {
  byId("reference-field").hidden = voice.value !== REFERENCE;
  const suit = suits.get(voice.value);
  byId("suit").textContent = suit
    ? say("suits", { number: suit.number, shift: shiftWords(suit.semitones), strained: percent(suit.strained), beyond: percent(suit.beyond) })
    : "";
}

function scoreChanged() {
  byId("accompaniment-render").disabled = !hasOthers();
  if (!hasOthers() && byId("accompaniment").value === "render") byId("accompaniment").value = "";
  clearTimeout(timer);
  timer = setTimeout(askSuits, SUITS_MILLISECONDS);
}

/** A score that cannot be sung yet has no voice that suits it; why, is told when it is sent. */
async function askSuits() {
  const mine = ++asked;
  const answer = hasWords() ? await post("scores/suits/", { notes: currentScore(), part: partNumber() }).catch(() => []) : [];
  if (mine !== asked) return;
  suits = new Map(answer.filter((one) => one.suit).map((one) => [one.voice, one.suit]));
  drawVoices();
}

function drawAccompaniment() {
  byId("track-field").hidden = byId("accompaniment").value !== "track";
}

/** What stands in the way, with the field to go to; null when nothing does. */
function obstacle() {
  if (!currentScore()) return { field: byId("files"), message: say("needScore") };
  if (!hasWords()) return { field: byId("add"), message: say("needNotes") };
  if (voice.value === REFERENCE && !byId("reference").files[0]) return { field: byId("reference"), message: say("needReference") };
  if (byId("accompaniment").value === "track" && !byId("track").files[0]) return { field: byId("track"), message: say("needTrack") };
  return rights.checked ? null : { field: rights, message: say("needRights") };
}

function bodyOf() {
  const body = new FormData();
  body.set("notes", JSON.stringify(currentScore()));
  body.set("part", partNumber());
  body.set("transpose", byId("transpose-auto").checked ? "auto" : byId("transpose").value);
  for (const name of ["tempo", "vibrato", "format"]) body.set(name, byId(name).value);
  body.set("rights", "true");
  body.set("rights_version", pageData.rightsVersion);
  if (voice.value === REFERENCE) body.set("reference", byId("reference").files[0]);
  else body.set("voice", voice.value);
  const beside = byId("accompaniment").value;
  if (beside === "render") body.set("render", "true");
  if (beside === "track") body.set("accompaniment", byId("track").files[0]);
  return body;
}

async function send(event, made) {
  event.preventDefault();
  if (isBusy(byId("start"))) return;
  const gap = obstacle();
  showError(errorBox, gap?.message ?? "");
  if (gap) {
    gap.field.focus();
    errorBox.scrollIntoView({ block: "nearest" });
    return;
  }
  setBusy(byId("start"), true);
  try {
    const job = await postOnce("songs/", bodyOf());
    byId("status").textContent = say("sent");
    await made([job.id]);
  } catch (error) {
    showError(errorBox, error.message);
    errorBox.scrollIntoView({ block: "nearest" });
  }
  setBusy(byId("start"), false);
}

/** The score of an earlier song again, to be sung in another voice. */
export function useSong(job) {
  const { transpose, tempo, vibrato } = job.params.settings;
  byId("transpose-auto").checked = transpose === null;
  if (transpose !== null) byId("transpose").value = transpose;
  byId("tempo").value = tempo;
  byId("vibrato").value = vibrato;
  if (job.params.rights) rights.checked = true;
  drawSettings();
  showEarlier(job).then(() => voice.focus()).catch((error) => showError(errorBox, error.message));
}

async function loadVoices() {
  const answer = await get("voices/?page_size=200");
  voices = answer.results;
  drawVoices();
}

/** Wire the form; `made` hears the ids of the jobs that were made. */
export function startSingForm(made) {
  startScore(scoreChanged);
  form.addEventListener("submit", (event) => send(event, made));
  for (const name of ["transpose", "transpose-auto", "tempo", "vibrato"]) byId(name).addEventListener("input", drawSettings);
  voice.addEventListener("change", () => {
    chosen = voice.value;
    drawSuit();
  });
  byId("accompaniment").addEventListener("change", drawAccompaniment);
  drawSettings();
  scoreChanged();
  loadVoices().catch((error) => showError(errorBox, error.message));
}
