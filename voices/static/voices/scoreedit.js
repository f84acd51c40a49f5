// The score of the page that sings: read by the server, drawn as a roll, changed note by note, heard as plain tones.

import { get, post } from "./api.js";
import { acceptDrops, byId, clock, make, number, say, showError } from "./page.js";
import { noteName, PianoRoll, rounded, SHORTEST } from "./pianoroll.js";
import { evenNotes, spread, syllablesOfLyrics, Tones } from "./melody.js";

const KEYS = Array.from({ length: 25 }, (_, index) => 55 + index); // g3 to g5
const SHARPS = new Set([1, 3, 6, 8, 10]);
const LAST_TAP_PAUSE = 3; // seconds that a longer wait counts for

const errorBox = byId("error");
const fields = { syllable: byId("syllable"), midi: byId("midi"), start: byId("note-start"), seconds: byId("note-seconds"), begins_word: byId("begins-word") };
const tones = new Tones();

let score = null; // { title, parts: [{ name, notes, … }] }
let waiting = []; // syllables that have no note yet
let tapping = null; // { key, since, at }
let changed = () => {};

const roll = new PianoRoll(byId("roll"), {
  changed: () => {
    part().polyphonic = null; // somebody has made one voice of it
    drawFacts();
    changed();
  },
  picked: drawNote,
  next: nextSyllable,
});

export const partNumber = () => Number(byId("part").value) || 1;
export const currentScore = () => score;
export const hasWords = () => roll.notes.some((note) => note.syllable);
const part = () => score.parts[partNumber() - 1];

/** Whether there are instruments beside the sung part. */
export const hasOthers = () => Boolean(score?.parts.some((one, index) => index !== partNumber() - 1 && one.played?.length));

function show(shown) {
  score = shown;
  byId("score").hidden = false;
  byId("score-title").textContent = score.title;
  const parts = score.parts.map((one, index) => make("option", { value: index + 1, text: say("partNamed", { number: index + 1, name: one.name }) }));
  byId("part").replaceChildren(...parts);
  const sung = score.parts.findIndex((one) => one.notes.some((note) => note.syllable));
  byId("part").value = Math.max(sung, 0) + 1;
  byId("part-field").hidden = parts.length < 2;
  waiting = [];
  showPart();
}

function showPart() {
  tones.stop();
  roll.show(part().notes);
  drawFacts();
  changed();
}

function drawFacts() {
  byId("score-facts").textContent = say("scoreFacts", { time: clock(roll.seconds), notes: number.format(roll.notes.length) });
}

function drawNote() {
  const { note } = roll;
  byId("note-fields").disabled = !note;
  byId("remove").disabled = !note;
  byId("note-name").textContent = note ? noteName(note.midi) : "—";
  if (!note) return;
  for (const [name, field] of Object.entries(fields)) {
    if (name === "begins_word") field.checked = note.begins_word;
    else if (document.activeElement !== field) field.value = name === "syllable" ? note.syllable : Math.round(100 * note[name]) / 100;
  }
}

const values = {
  syllable: (field) => field.value.trim(),
  begins_word: (field) => field.checked,
  midi: (field) => Number(field.value),
  start: (field) => Math.max(0, Number(field.value)),
  seconds: (field) => Math.max(SHORTEST, Number(field.value)),
};

async function read(file) {
  showError(errorBox, "");
  byId("status").textContent = say("reading", { name: file.name });
  try {
    const body = new FormData();
    body.set("score", file, file.name);
    show(await post("scores/", body));
    press(null);
  } catch (error) {
    showError(errorBox, error.message);
  }
  byId("status").textContent = "";
}

function press(chosen) {
  for (const chip of byId("examples").children) chip.setAttribute("aria-pressed", String(chip === chosen));
}

async function loadExamples() {
  const examples = await get("scores/");
  byId("examples").replaceChildren(...examples.map((example) => {
    const chip = make("button", { type: "button", class: "chip", text: example.title, "aria-pressed": "false", onclick: () => {
      showError(errorBox, "");
      show(structuredClone(example));
      press(chip);
    } });
    return chip;
  }));
}

function blank() {
  press(null);
  show({ title: say("own"), parts: [{ name: say("own"), notes: [] }] });
  byId("words-fold").open = true;
  byId("lyrics").focus();
}

/** Show the score of an earlier song again. */
export async function showEarlier(job) {
  const earlier = job.files.find((file) => file.role === "notes");
  const response = await fetch(earlier.url);
  if (!response.ok) throw new Error(response.statusText);
  show(await response.json());
  if (job.params.settings.part) byId("part").value = job.params.settings.part;
  showPart();
  press(null);
  byId("score").scrollIntoView({ block: "start" });
}

function listen() {
  if (tones.playing) tones.stop();
  else tones.play(roll.notes, roll.note?.start ?? 0, 1, drawPlaying);
}

function drawPlaying(seconds) {
  roll.now(seconds);
  byId("listen").textContent = say(seconds === null ? "listen" : "stopListening");
}

function addNote() {
  const { note } = roll;
  const start = note ? rounded(note.start + note.seconds) : 0;
  const after = roll.notes.find((one) => one.start >= start - 1e-6);
  const room = after ? after.start - start : 0.5;
  const place = room >= SHORTEST ? { start, seconds: Math.min(0.5, room) } : { start: roll.seconds, seconds: 0.5 };
  roll.add({ ...place, midi: note?.midi ?? 64, ...nextSyllable() });
}

function nextSyllable() {
  const next = waiting.shift() ?? { syllable: "", begins_word: true };
  drawWaiting();
  return next;
}

function drawWaiting() {
  if (!tapping) return;
  byId("words-told").textContent = waiting.length ? say("tapNext", { syllable: waiting[0].syllable }) : say("tapNoMore");
}

function words() {
  const lines = syllablesOfLyrics(byId("lyrics").value);
  showError(errorBox, lines.length ? "" : say("needWords"));
  if (!lines.length) byId("lyrics").focus();
  return lines;
}

function spreadWords() {
  const lines = words();
  if (!lines.length) return;
  if (roll.notes.length) waiting = spread(roll.notes, lines);
  else {
    part().notes = evenNotes(lines);
    part().polyphonic = null;
    waiting = [];
  }
  roll.show(part().notes);
  drawFacts();
  changed();
  byId("words-told").textContent = waiting.length
    ? say("leftOver", { count: number.format(waiting.length) })
    : say("spreadDone", { count: number.format(lines.flat().length) });
}

function tap() {
  const begins = byId("keys").hidden;
  byId("keys").hidden = !begins;
  byId("tap").setAttribute("aria-pressed", String(begins));
  tapping = null;
  byId("words-told").textContent = "";
  if (!begins) return;
  const lines = words();
  waiting = lines.flat();
  part().notes = [];
  part().polyphonic = null;
  roll.show(part().notes);
  drawFacts();
  tapping = { key: null, since: 0, at: 0, ended: 0 };
  byId("words-told").textContent = say("tapHint");
  byId("keys").firstChild.focus();
}

function keyDown(midi, button) {
  if (!tapping || tapping.key !== null) return;
  const now = performance.now() / 1000;
  const pause = tapping.ended ? Math.min(now - tapping.ended, LAST_TAP_PAUSE) : 0;
  tapping = { key: midi, since: now, at: tapping.at + pause, ended: 0 };
  button.classList.add("down");
  tones.press(midi);
}

function keyUp(midi, button) {
  if (!tapping || tapping.key !== midi) return;
  const now = performance.now() / 1000;
  const seconds = Math.max(SHORTEST, now - tapping.since);
  roll.add({ start: tapping.at, seconds, midi, ...nextSyllable() });
  tapping = { key: null, since: 0, at: tapping.at + seconds, ended: now };
  button.classList.remove("down");
  tones.release(midi);
  button.focus();
}

function drawKeys() {
  byId("keys").replaceChildren(...KEYS.map((midi) => {
    const button = make("button", { type: "button", class: SHARPS.has(midi % 12) ? "sharp" : "", text: noteName(midi) });
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      keyDown(midi, button);
    });
    for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, () => keyUp(midi, button));
    button.addEventListener("keydown", (event) => {
      if (![" ", "Enter"].includes(event.key)) return;
      event.preventDefault();
      if (!event.repeat) keyDown(midi, button);
    });
    button.addEventListener("keyup", (event) => [" ", "Enter"].includes(event.key) && keyUp(midi, button));
    return button;
  }));
}

/** Wire it; `onChange` hears when the score or its part is another. */
export function startScore(onChange) {
  changed = onChange;
  byId("files").addEventListener("change", (event) => {
    if (event.target.files[0]) read(event.target.files[0]);
    event.target.value = "";
  });
  acceptDrops(byId("drop"), (files) => files[0] && read(files[0]));
  byId("part").addEventListener("change", showPart);
  for (const [name, field] of Object.entries(fields)) {
    field.addEventListener("change", () => {
      roll.change({ [name]: values[name](field) });
      drawNote();
    });
  }
  for (const [id, does] of Object.entries({ blank, listen, add: addNote, remove: () => roll.remove(), spread: spreadWords, tap })) {
    byId(id).addEventListener("click", does);
  }
  drawKeys();
  loadExamples().catch((error) => showError(errorBox, error.message));
}
