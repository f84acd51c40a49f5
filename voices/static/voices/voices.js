// The chosen voice in one line, and the grid that the line opens: the bank and one's own voices.

import { get, remove } from "./api.js";
import { byId, iconButton, language, make, number, say, showError } from "./page.js";
import { hue, previewButton, togglePreview } from "./preview.js";

const opener = byId("voice-open");
const picker = byId("voice-picker");
const listen = byId("voice-listen");
const grid = byId("voices");
const note = byId("voice-note");
const FIELDS = { gender: "voice-gender", language: "voice-language", words: "voice-search" };

let voices = [];
let chosenId = localStorage.getItem("voice");
const wanted = { whose: "all", gender: "", language: "", words: "" };
let onDeleted = () => {};
let onChosen = () => {};

export const chosenVoice = () => voices.find((voice) => voice.id === chosenId) ?? null;

const complain = (message) => showError(note, message);

export async function loadVoices() {
  let page = { next: "voices/?page_size=200" };
  const all = [];
  while (page.next) {
    page = await get(page.next.replace(/^.*\/api\/v1\//, ""));
    all.push(...page.results);
  }
  voices = all;
  if (!chosenVoice()) chosenId = voices[0]?.id ?? null;
  onChosen(chosenVoice());
  draw();
}

function openPicker(open) {
  picker.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  if (open) reveal();
}

/** Bring the chosen one into sight among many, without moving the page. */
function reveal() {
  const card = grid.querySelector(".chosen")?.getBoundingClientRect();
  const frame = grid.getBoundingClientRect();
  if (card) grid.scrollTop += Math.min(card.top - frame.top - 3, 0) || Math.max(card.bottom - frame.bottom + 3, 0);
}

/** By id or slug; one that is not there changes nothing. */
export function chooseVoice(reference) {
  const id = voices.find((voice) => [voice.id, voice.slug].includes(reference))?.id;
  if (!id) return;
  chosenId = id;
  localStorage.setItem("voice", id);
  for (const card of grid.children) card.classList.toggle("chosen", card.dataset.id === id);
  const input = grid.querySelector(`input[value="${CSS.escape(id)}"]`);
  if (input) input.checked = true;
  onChosen(chosenVoice());
  drawLine();
  reveal();
}

/** Put a new voice among the others and choose it; the line gets the focus. */
export async function addVoice(voice) {
  showAll();
  await loadVoices();
  chooseVoice(voice.id);
  openPicker(false);
  opener.focus();
}

function setWhose(name) {
  wanted.whose = name;
  for (const chip of byId("voice-filter").children) {
    chip.setAttribute("aria-pressed", String(chip.dataset.filter === name));
  }
}

/** Nothing is filtered out any more. */
function showAll() {
  setWhose("all");
  for (const [key, id] of Object.entries(FIELDS)) {
    byId(id).value = "";
    wanted[key] = "";
  }
}

const plain = (words) => words.toLocaleLowerCase(language).replaceAll("ё", "е");

function passes(voice) {
  if (wanted.whose !== "all" && voice.is_bank !== (wanted.whose === "bank")) return false;
  if (wanted.gender && voice.gender !== wanted.gender) return false;
  if (wanted.language && voice.language !== wanted.language) return false;
  const words = plain(`${voice.name} ${voice.slug ?? ""} ${voice.description}`);
  return plain(wanted.words).split(/\s+/).every((word) => words.includes(word));
}

function draw() {
  const shown = [...voices].sort((one, other) => one.is_bank - other.is_bank).filter(passes);
  const empty = make("p", { class: "quiet", text: say("noVoices") });
  grid.replaceChildren(...(shown.length ? shown.map(card) : [empty]));
  grid.removeAttribute("aria-busy");
  drawLine();
}

function card(voice) {
  const input = make("input", { type: "radio", name: "voice", value: voice.id, onchange: () => chooseVoice(voice.id) });
  input.checked = voice.id === chosenId;
  const about = voice.is_bank ? voice.description || say(voice.gender || "bank") : say("own");
  const element = make("div", { class: `voice ${voice.is_bank ? "bank" : "own"}${input.checked ? " chosen" : ""}`, "data-id": voice.id },
    voice.preview_url ? previewButton(voice, complain) : make("span", { class: "round listen initial", "aria-hidden": "true", text: voice.name[0].toUpperCase() }),
    make("label", { class: "voice-name", title: voice.name, onclick: chosenByPointer }, input,
      make("b", { text: voice.name }),
      make("span", { class: "quiet", text: about })),
    !voice.is_bank && iconButton("trash", say("deleteVoice", { name: voice.name }), () => deleteVoice(voice)));
  element.style.setProperty("--hue", hue(voice.id));
  return element;
}

/** A press on a card ends the choice; arrows, which come here as clicks too, go on choosing. */
function chosenByPointer(event) {
  if (!event.detail || event.target.tagName === "INPUT") return;
  setTimeout(() => { // when the radio button has changed
    openPicker(false);
    opener.focus();
  });
}

function drawLine() {
  const voice = chosenVoice();
  byId("voice-chosen").textContent = voice?.name ?? "—";
  byId("voice-facts").textContent = voice ? factsOf(voice) : "";
  listen.disabled = !voice?.preview_url;
  if (!voice) return;
  listen.style.setProperty("--hue", hue(voice.id));
  listen.setAttribute("aria-label", say("listen", { name: voice.name }));
}

function factsOf(voice) {
  if (voice.is_bank) return voice.description;
  const seconds = voice.recordings.reduce((sum, recording) => sum + (recording.speech_seconds ?? 0), 0);
  return say("speechFound", { seconds: number.format(Math.round(seconds)) });
}

async function deleteVoice(voice) {
  if (!confirm(say("deleteVoiceSure", { name: voice.name }))) return;
  try {
    await remove(`voices/${voice.id}/`);
    await loadVoices();
    complain(say("voiceDeleted", { name: voice.name }));
    onDeleted();
  } catch (error) {
    complain(error.message);
  }
}

export function startVoices({ chosen, deleted }) {
  onChosen = chosen;
  onDeleted = deleted;
  opener.addEventListener("click", () => openPicker(picker.hidden));
  listen.addEventListener("click", () => togglePreview(chosenVoice(), listen, complain));
  picker.addEventListener("keydown", (event) => {
    const done = event.key === "Escape" || (event.key === "Enter" && event.target.name === "voice");
    if (!done) return;
    event.preventDefault();
    openPicker(false);
    opener.focus();
  });
  byId("voice-filter").addEventListener("click", (event) => {
    const name = event.target.dataset?.filter;
    if (!name) return;
    setWhose(name);
    draw();
  });
  for (const [key, id] of Object.entries(FIELDS)) {
    byId(id).addEventListener("input", (event) => {
      wanted[key] = event.target.value.trim();
      draw();
    });
  }
}
