// Step 1: cards of the bank and of one's own voices.

import { get, remove } from "./api.js";
import { byId, icon, iconButton, language, make, number, say, showError } from "./page.js";
import { playAlone } from "./sound.js";

const grid = byId("voices");
const facts = byId("voice-facts");
const note = byId("voice-note");
const preview = new Audio();
const FIELDS = { gender: "voice-gender", language: "voice-language", words: "voice-search" };
const HOVER_MILLISECONDS = 450; // of rest on a button before it is heard

let voices = [];
let chosenId = localStorage.getItem("voice");
const wanted = { whose: "all", gender: "", language: "", words: "" };
let heard = null; // the button whose preview sounds
let onDeleted = () => {};
let onChosen = () => {};

export const chosenVoice = () => voices.find((voice) => voice.id === chosenId) ?? null;

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
  reveal();
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
  drawFacts();
  reveal();
}

/** Show a new voice among the others and choose it. */
export async function addVoice(voice) {
  showAll();
  await loadVoices();
  chooseVoice(voice.id);
  showError(note, say("voiceReady", { name: voice.name }));
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
  drawFacts();
}

function card(voice) {
  const input = make("input", { type: "radio", name: "voice", value: voice.id, onchange: () => chooseVoice(voice.id) });
  input.checked = voice.id === chosenId;
  const kind = voice.is_bank ? voice.description || say(voice.gender || "bank") : say("own");
  const element = make(
    "label",
    { class: `voice ${voice.is_bank ? "bank" : "own"}${input.checked ? " chosen" : ""}`, "data-id": voice.id, title: voice.name },
    input,
    voice.preview_url ? listenButton(voice) : make("span", { class: "round listen initial", "aria-hidden": "true", text: voice.name[0].toUpperCase() }),
    make("span", { class: "voice-name" },
      make("b", { text: voice.name }),
      make("span", { class: "quiet", text: kind })),
    !voice.is_bank && iconButton("trash", say("deleteVoice", { name: voice.name }), (event) => {
      event.preventDefault();
      deleteVoice(voice);
    }),
  );
  element.style.setProperty("--hue", hue(voice.id));
  return element;
}

/** A steady colour for a voice. */
const hue = (id) => [...id].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 360, 7);

function listenButton(voice) {
  const button = iconButton("play", say("listen", { name: voice.name }), (event) => {
    event.preventDefault(); // hearing is not choosing
    if (heard === button) preview.pause();
    else hear(button, voice);
  }, "round listen");
  let timer = 0;
  button.addEventListener("pointerenter", (event) => {
    if (event.pointerType !== "mouse") return;
    timer = setTimeout(() => heard !== button && hear(button, voice), HOVER_MILLISECONDS);
  });
  button.addEventListener("pointerleave", (event) => {
    clearTimeout(timer);
    if (event.pointerType === "mouse" && heard === button) preview.pause();
  });
  button.addEventListener("click", () => clearTimeout(timer));
  return button;
}

function hear(button, voice) {
  playAlone(preview);
  preview.src = voice.preview_url;
  markHeard(button, voice);
  preview.play().catch(() => silence()); // before the first click browsers play nothing
}

function markHeard(button, voice) {
  silence();
  heard = button;
  heard.voiceName = voice.name;
  button.replaceChildren(icon("stop"));
  button.setAttribute("aria-label", say("stopListening", { name: voice.name }));
}

function silence() {
  if (!heard) return;
  heard.replaceChildren(icon("play"));
  heard.setAttribute("aria-label", say("listen", { name: heard.voiceName }));
  heard = null;
}

function drawFacts() {
  const voice = chosenVoice();
  if (!voice) {
    facts.textContent = "";
    return;
  }
  if (!voice.is_bank) {
    const seconds = voice.recordings.reduce((sum, recording) => sum + (recording.speech_seconds ?? 0), 0);
    facts.textContent = say("speechFound", { seconds: number.format(Math.round(seconds)) });
    return;
  }
  facts.textContent = [
    voice.description,
    voice.attribution && say("source", { attribution: voice.attribution }),
    voice.licence && say("licence", { licence: voice.licence }),
  ].filter(Boolean).join(" · ");
}

async function deleteVoice(voice) {
  if (!confirm(say("deleteVoiceSure", { name: voice.name }))) return;
  try {
    await remove(`voices/${voice.id}/`);
    await loadVoices();
    showError(note, say("voiceDeleted", { name: voice.name }));
    onDeleted();
  } catch (error) {
    showError(note, error.message);
  }
}

export function startVoices({ chosen, deleted }) {
  onChosen = chosen;
  onDeleted = deleted;
  preview.addEventListener("ended", silence);
  preview.addEventListener("pause", silence);
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
